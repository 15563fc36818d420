package dev.mooring.dev.architecture.control.runbook;

import java.time.Instant;

/** A decision that looks at a clock of its own. */
final class ClockCheck {
  private ClockCheck() {}

  static boolean isLate(Instant limit) {
    return Instant.now().isAfter(limit);
  }
}
