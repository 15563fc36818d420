package dev.mooring.worker.hooks;

/** A number of calls per minute; after a quiet minute as many at once. */
final class CallsPerMinute {
  private static final double NANOS = 60e9;

  private final int most;
  private double left;
  private long last;

  CallsPerMinute(int most, long nanoTime) {
    this.most = most;
    this.left = most;
    this.last = nanoTime;
  }

  /** Whether one more is taken now. */
  synchronized boolean take(long nanoTime) {
    left = Math.min(most, left + (nanoTime - last) * most / NANOS);
    last = nanoTime;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }

  /** Gives one back that came to nothing. */
  synchronized void giveBack() {
    left = Math.min(most, left + 1);
  }
}
