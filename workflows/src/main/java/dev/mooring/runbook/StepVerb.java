package dev.mooring.runbook;

/** The kind of act of a step: it decides what may follow and what is undone. */
public enum StepVerb {
  /** Observes; changes nothing. */
  OBSERVE,
  /** Changes something that can be undone. */
  STEP,
  /** The point of no return. */
  PIVOT,
  /** Changes something after the point of no return; it is only ever repeated. */
  FORWARD
}
