package dev.mooring.runbook.watch;

/**
 * Calls of a site's watch in a row whose worker was lost or stopped before it had looked often
 * enough to know who accepts writes.
 */
final class FailedLooks {
  /** The first may be a worker that was lost right then: another may take its place. */
  private static final int AT_MOST = 1;

  private int calls;

  /** Counts one more call; returns whether no worker looks. */
  boolean areTooMany() {
    calls++;
    return calls > AT_MOST;
  }

  /** A call showed which member accepts writes. */
  void areOver() {
    calls = 0;
  }
}
