package dev.mooring.dev.architecture.control.runbook.replay;

import java.time.Instant;
import java.util.function.Supplier;

/** Reads the machine's clock through a reference. */
final class ClockReference {
  private ClockReference() {}

  static Supplier<Instant> now() {
    return Instant::now;
  }
}
