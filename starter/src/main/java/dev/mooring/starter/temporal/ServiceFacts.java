package dev.mooring.starter.temporal;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What Temporal knows of a cluster.
 *
 * @param address where it is
 * @param open the open runs
 * @param schedules the schedules there are
 * @param unserved task queues that no worker serves
 */
public record ServiceFacts(
    String address, List<RunListing.Listed> open, List<Standing> schedules, List<String> unserved) {
  public ServiceFacts {
    open = List.copyOf(open);
    schedules = List.copyOf(schedules);
    unserved = List.copyOf(unserved);
  }

  /**
   * A schedule as it stands.
   *
   * @param every its interval
   * @param paused whether it starts nothing now
   * @param note why it is paused, or what was noted last
   * @param next when it starts the next run, if it does
   */
  public record Standing(
      String id, Duration every, boolean paused, String note, Optional<Instant> next) {}
}
