package dev.mooring.dev.architecture.control.runbook.replay;

/** Waits for another thread. */
final class MonitorMethod {
  private MonitorMethod() {}

  static synchronized void inTurn(Runnable work) {
    work.run();
  }
}
