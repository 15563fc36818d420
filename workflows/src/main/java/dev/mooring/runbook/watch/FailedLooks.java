package dev.mooring.runbook.watch;

import java.time.Duration;

/**
 * Calls of a site's watch that failed one after another. A worker that can't look fails soon; one
 * that looked for longer was lost, and another may take its place.
 */
final class FailedLooks {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** The first may be a worker that was lost right then. */
  private static final int AT_MOST = 1;

  private int soon;

  /**
   * One more.
   *
   * @param lasted how long the call took
   * @return whether nobody looks
   */
  boolean areTooMany(Duration lasted) {
    soon = lasted.compareTo(SOON) < 0 ? soon + 1 : 0;
    return soon > AT_MOST;
  }

  /** One call did not fail. */
  void areOver() {
    soon = 0;
  }
}
