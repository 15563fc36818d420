package dev.mooring.fake;

import dev.mooring.topology.InstanceId;

/** Something a run did to the fake's hosts or evidence. */
public sealed interface Deed {

  /** The run wrote an instance's target. */
  record Configured(InstanceId instance, String run) implements Deed {}

  /** The run started an instance. */
  record Started(InstanceId instance, String run, String start) implements Deed {
    @Override
    public String toString() {
      return "start " + instance + " as " + start;
    }
  }

  /** The run let a site's state name a point. */
  record Advanced(String site, String point, String run) implements Deed {
    @Override
    public String toString() {
      return "advance " + site + " to " + point;
    }
  }
}
