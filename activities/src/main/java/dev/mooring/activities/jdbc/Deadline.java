package dev.mooring.activities.jdbc;

import java.time.Duration;

/** A moment after which something is given up, on the monotonic clock. */
record Deadline(long atNanos, Duration given) {

  /** So long from now. */
  static Deadline in(Duration given) {
    return new Deadline(System.nanoTime() + given.toNanos(), given);
  }

  Duration left() {
    return Duration.ofNanos(Math.max(0, atNanos - System.nanoTime()));
  }

  boolean passed() {
    return left().isZero();
  }
}
