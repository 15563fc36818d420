package dev.mooring.dev.architecture.control.runbook.replay;

import dev.mooring.dev.architecture.control.postgres.ClockBehind;

/** Leads to a class that reads a clock. */
final class CallsBehind {
  private CallsBehind() {}

  static long now() {
    return ClockBehind.now();
  }
}
