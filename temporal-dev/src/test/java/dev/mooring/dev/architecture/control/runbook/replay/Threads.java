package dev.mooring.dev.architecture.control.runbook.replay;

/** Does something beside the run. */
final class Threads {
  private Threads() {}

  static void beside(Runnable work) {
    new Thread(work).start();
  }
}
