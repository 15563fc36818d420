package dev.mooring.dev.architecture.control.runbook.replay;

/** Remembers beyond the run. */
final class Statics {
  private Statics() {}

  private static int runs;

  static int next() {
    runs++;
    return runs;
  }
}
