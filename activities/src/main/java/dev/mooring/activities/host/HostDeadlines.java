package dev.mooring.activities.host;

import java.time.Duration;

/**
 * How long a host may take; each below the activity's own timeout, so that a silent host is named
 * by the adapter that asked it.
 *
 * @param observe a look
 * @param act a change, the fast stop of a running server included
 */
public record HostDeadlines(Duration observe, Duration act) {
  /** 20 s for a look, 80 s for a change. */
  public static final HostDeadlines USUAL =
      new HostDeadlines(Duration.ofSeconds(20), Duration.ofSeconds(80));
}
