package dev.mooring.runbook;

import dev.mooring.port.FailureCode;

/**
 * How a run ends. All but COMPLETED and PLANNED end it as failed in Temporal, with {@link
 * #failureType} as type.
 */
public enum Outcome {
  /** Done, and proved. */
  COMPLETED("Completed"),
  /** It was only to say what it would do, and said it, also where its checks stand against it. */
  PLANNED(Plan.PLANNED),
  /**
   * Nothing advanced; instances are parked or untouched; a new run is safe. A failure whose
   * sentence begins with what was done lacks its receipt only.
   */
  FAILED("Failed"),
  /**
   * It was stopped before the point of no return, by a person, its outage budget or a failure; what
   * was changed is undone.
   */
  ROLLED_BACK("RolledBack"),
  /** Nothing was changed: the run may not do what was asked. */
  REFUSED("Refused"),
  /** Neither forward nor back; a person is needed. */
  STUCK("Stuck");

  private final String failureType;

  Outcome(String failureType) {
    this.failureType = failureType;
  }

  /**
   * Whether a person must fix something before the same run can succeed: not if no action is
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
