package dev.mooring.topology;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** The name of a site: where copies of the cluster run. */
public record SiteName(@JsonValue String value) implements Comparable<SiteName> {

  @JsonCreator
  public SiteName {
    Names.require("site", value);
  }

  @Override
  public int compareTo(SiteName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
