package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of one instance: one postmaster with its data directory. */
public record InstanceId(@JsonValue String value) implements Comparable<InstanceId> {

  @JsonCreator
  public InstanceId {
    Names.require("instance", value);
  }

  @Override
  public int compareTo(InstanceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
