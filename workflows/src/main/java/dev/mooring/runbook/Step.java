package dev.mooring.runbook;

/**
 * One step of a runbook: an activity, or one fan-out over hosts. Each runbook declares its steps in
 * order as an enum; workflow, progress, receipt and documents use that one declaration.
 */
public interface Step {

  /** The constant's name, stable in histories and receipts. */
  String name();

  /** Its place in the runbook, from 0. */
  int ordinal();

  /** What kind of act it is. */
  StepVerb verb();

  /** What it does, in an operator's words, without a full stop. */
  String sentence();

  /** Whether the runbook does that step as this one: the same step, or the step of a step group. */
  default boolean is(Step step) {
    return equals(step);
  }
}
