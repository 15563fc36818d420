package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of a host in the cluster file; {@link Host} has its access. */
public record HostName(@JsonValue String value) implements Comparable<HostName> {

  @JsonCreator
  public HostName {
    Names.require("host", value);
  }

  @Override
  public int compareTo(HostName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
