package dev.mooring.starter.temporal;

import java.util.List;

/**
 * What Temporal knows of a cluster.
 *
 * @param address where it is
 * @param open the open runs
 * @param schedules the schedules there are
 * @param unserved task queues that no worker serves
 */
public record ServiceFacts(
    String address,
    List<RunListing.Listed> open,
    List<Schedules.Standing> schedules,
    List<String> unserved) {
  public ServiceFacts {
    open = List.copyOf(open);
    schedules = List.copyOf(schedules);
    unserved = List.copyOf(unserved);
  }
}
