package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of a cluster: the database system that is moored or fails over as a unit. */
public record ClusterName(@JsonValue String value) implements Comparable<ClusterName> {

  @JsonCreator
  public ClusterName {
    Names.require("cluster", value);
  }

  @Override
  public int compareTo(ClusterName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
