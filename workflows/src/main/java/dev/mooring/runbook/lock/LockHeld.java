package dev.mooring.runbook.lock;

/** Another run holds the lock; the message names it. It never leaves a run. */
public final class LockHeld extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LockHeld(String sentence) {
    super(sentence, null, false, false);
  }

  /** The holder, one sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
