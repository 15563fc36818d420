package dev.mooring.dev.architecture.control.runbook.replay;

/** Reads the machine's clock. */
final class Clocks {
  private Clocks() {}

  static long now() {
    return System.currentTimeMillis();
  }
}
