package dev.mooring.runbook;

/** Whether a run only says what it would do. */
public enum Mode {
  PLAN,
  EXECUTE;

  /** The outcome in the result of a run that did all it was to do, also where that was nothing. */
  public String done() {
    return this == PLAN ? Plan.PLANNED : Outcome.COMPLETED.failureType();
  }
}
