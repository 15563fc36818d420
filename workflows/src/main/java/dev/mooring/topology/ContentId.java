package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Which part of the data an instance holds: -1 the coordinator, 0… the segments; a plain PostgreSQL
 * cluster has content 0. Greenplum's {@code gp_segment_configuration.content}.
 */
public record ContentId(@JsonValue int value) implements Comparable<ContentId> {
  public static final ContentId COORDINATOR = new ContentId(-1);

  @JsonCreator
  public ContentId {
    if (value < -1) {
      throw new IllegalArgumentException("content id must be -1 or more, got " + value);
    }
  }

  @Override
  public int compareTo(ContentId other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Integer.toString(value);
  }
}
