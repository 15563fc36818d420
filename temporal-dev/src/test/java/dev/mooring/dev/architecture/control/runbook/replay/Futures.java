package dev.mooring.dev.architecture.control.runbook.replay;

import java.util.concurrent.CompletableFuture;

/** Waits for something beside the run. */
final class Futures {
  private Futures() {}

  static boolean done(CompletableFuture<String> future) {
    return future.isDone();
  }
}
