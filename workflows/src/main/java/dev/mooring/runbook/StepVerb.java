package dev.mooring.runbook;

/** What kind of act a step is: it decides what may follow and what is undone. */
public enum StepVerb {
  /** Looks; changes nothing. */
  OBSERVE,
  /** Changes something that can be undone. */
  STEP,
  /** The point of no return. */
  PIVOT,
  /** Changes something after the point of no return; only ever repeated. */
  FORWARD
}
