package dev.mooring.dev.architecture.control.runbook.replay;

/** Waits for another thread. */
final class Monitor {
  private Monitor() {}

  static void inTurn(Object lock, Runnable work) {
    synchronized (lock) {
      work.run();
    }
  }
}
