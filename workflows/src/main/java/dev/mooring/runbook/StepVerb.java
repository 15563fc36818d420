package dev.mooring.runbook;

/** The kind of act of a step: it decides what may follow and what is undone. */
public enum StepVerb {
  /** Observes; changes nothing. */
  OBSERVE,
  /** Changes something that is undone if the run is rolled back. */
  STEP,
  /** A step with nothing to undo: what it changes stays if the run is rolled back. */
  STAYS,
  /** The point of no return. */
  PIVOT,
  /** Changes something after the point of no return; it is only ever repeated. */
  FORWARD;

  /** How a run does it, and what a receipt says of it. */
  public StepVerb done() {
    return this == STAYS ? STEP : this;
  }
}
