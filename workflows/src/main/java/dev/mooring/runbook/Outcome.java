package dev.mooring.runbook;

import dev.mooring.port.FailureCode;

/**
 * How a run ends. Every outcome but COMPLETED and PLANNED fails the run in Temporal, with {@link
 * #failureType} as type.
 */
public enum Outcome {
  /** Done, and proved. */
  COMPLETED("Completed"),
  /** A plan was made, even if its checks would refuse the run. */
  PLANNED(Plan.PLANNED),
  /**
   * Nothing advanced; instances are parked or untouched; a new run is safe. If the sentence begins
   * with what was done, only the receipt is missing.
   */
  FAILED("Failed"),
  /**
   * Stopped before the point of no return, by a person, the outage budget or a failure; every
   * change is undone.
   */
  ROLLED_BACK("RolledBack"),
  /** Nothing was changed: the run may not do what was asked. */
  REFUSED("Refused"),
  /** The run can go neither forward nor back; an operator is needed. */
  STUCK("Stuck");

  private final String failureType;

  Outcome(String failureType) {
    this.failureType = failureType;
  }

  /**
   * Whether an operator must fix something before the same run can succeed: not if no action is
   * needed, if a person stopped it, if the primary came back, or if only the request was wrong.
   */
  public boolean needsOperator(FailureCode code) {
    return switch (this) {
      case FAILED, STUCK -> true;
      case REFUSED ->
          code.owner() == FailureCode.Owner.OPERATOR
              && code != FailureCode.CANCELLED
              && code != FailureCode.REJECTED
              && code != FailureCode.PRIMARY_BACK
              && code != FailureCode.BAD_INPUT;
      case ROLLED_BACK -> code != FailureCode.CANCELLED;
      case COMPLETED, PLANNED -> false;
    };
  }

  /** The name in the Web UI, receipts and search attributes. */
  public String failureType() {
    return failureType;
  }
}
