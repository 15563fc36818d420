package dev.mooring.fake;

import java.time.Duration;
import java.time.Instant;

/** The one clock of the fake's servers: each reading is a millisecond later. */
final class FakeClock {
  private Instant now = Instant.parse("2026-11-20T08:00:00Z");

  synchronized Instant read() {
    now = now.plusMillis(1);
    return now;
  }

  synchronized void elapse(Duration time) {
    now = now.plus(time);
  }
}
