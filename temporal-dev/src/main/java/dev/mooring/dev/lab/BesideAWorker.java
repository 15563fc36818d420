package dev.mooring.dev.lab;

import java.io.UncheckedIOException;

/**
 * Copies files that a worker of the lab may write meanwhile: it puts the history of a run that is
 * over into the evidence store whenever it finds one.
 */
final class BesideAWorker {
  private static final int TRIES = 5;

  private BesideAWorker() {}

  /** Runs the act, and again from its beginning if the worker interfered. */
  static void act(Runnable act) {
    for (int left = TRIES; ; left--) {
      try {
        act.run();
        return;
      } catch (LabFailure | UncheckedIOException moved) {
        if (left == 1) {
          throw moved;
        }
      }
    }
  }
}
