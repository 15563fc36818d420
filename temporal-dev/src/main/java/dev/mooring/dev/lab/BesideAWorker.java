package dev.mooring.dev.lab;

import java.io.UncheckedIOException;

/**
 * Copies what a worker that serves the lab may write to meanwhile: it puts the history of a run
 * that is over into the evidence store whenever it sees one.
 */
final class BesideAWorker {
  private static final int TRIES = 5;

  private BesideAWorker() {}

  /** Does it, and again from its beginning what the worker got in the way of. */
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
