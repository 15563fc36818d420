package dev.mooring.activities.host;

import java.time.Duration;

/**
 * How long a host may take; each limit is below the activity's own timeout, so that the adapter
 * that called a silent host names it.
 *
 * @param observe for an observation
 * @param act for a change, the fast stop of a running server included
 * @param late how long an observation goes on for what an archive may show late
 */
public record HostDeadlines(Duration observe, Duration act, Duration late) {
  /** 20 s for an observation, 80 s for a change, 3 s for what an archive shows late. */
  public static final HostDeadlines USUAL =
      new HostDeadlines(Duration.ofSeconds(20), Duration.ofSeconds(80), Duration.ofSeconds(3));

  /**
   * How long a fast stop may take if the server is created again and so may be stopped immediately
   * after it: 30 s by default, so that most of a change's time is left for the change.
   */
  public Duration stop() {
    return act.multipliedBy(3).dividedBy(8);
  }

  /** The same deadlines with another time for an observation. */
  public HostDeadlines withObserve(Duration other) {
    return new HostDeadlines(other, act, late);
  }

  /** The same deadlines with another time for what an archive shows late. */
  public HostDeadlines withLate(Duration other) {
    return new HostDeadlines(observe, act, other);
  }
}
