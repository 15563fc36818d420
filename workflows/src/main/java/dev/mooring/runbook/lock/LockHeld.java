package dev.mooring.runbook.lock;

/**
 * The lock could not be had: another run holds it, which the message names. It never leaves a run.
 */
public final class LockHeld extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LockHeld(String sentence) {
    super(sentence, null, false, false);
  }

  /** Who holds it, as one sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
