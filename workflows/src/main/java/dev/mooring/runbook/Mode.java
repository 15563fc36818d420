package dev.mooring.runbook;

/** Whether a run only plans, or also acts. */
public enum Mode {
  PLAN,
  EXECUTE;

  /** The outcome of a run that did all it was to do, even if that was nothing. */
  public String done() {
    return this == PLAN ? Plan.PLANNED : Outcome.COMPLETED.failureType();
  }
}
