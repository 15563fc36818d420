package dev.mooring.runbook;

/**
 * How a step is undone. It is registered before the act, because an act whose answer is lost may
 * have happened.
 */
public sealed interface Undo {

  /** Undone by this act, which may be repeated and must be harmless if the step never happened. */
  static Undo by(Runnable act) {
    return new By(act);
  }

  /** There is nothing to undo, for the reason given. */
  static Undo nothing(String reason) {
    return new Nothing(reason);
  }

  /** An act. */
  record By(Runnable act) implements Undo {}

  /** Nothing, and why. */
  record Nothing(String reason) implements Undo {}
}
