package dev.mooring.runbook;

import dev.mooring.port.FailureCode;

/**
 * Ends a run early by a decision; {@link RunbookRun} turns it into the run's ending. It never
 * leaves a workflow.
 */
public final class RunbookStop extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Outcome outcome;
  private final FailureCode code;

  private RunbookStop(Outcome outcome, FailureCode code, String reason) {
    super(reason, null, false, false);
    this.outcome = outcome;
    this.code = code;
  }

  /** The request may not be done; nothing was changed. */
  public static RunbookStop refused(FailureCode code, String reason) {
    return new RunbookStop(Outcome.REFUSED, code, reason);
  }

  /** The run did not succeed; nothing advanced. */
  public static RunbookStop failed(FailureCode code, String reason) {
    return new RunbookStop(Outcome.FAILED, code, reason);
  }

  /** Nothing was done but what the roll-back, which follows, undoes. */
  public static RunbookStop rolledBack(FailureCode code, String reason) {
    return new RunbookStop(Outcome.ROLLED_BACK, code, reason);
  }

  /** The run can go neither forward nor back, as a person decided. */
  static RunbookStop stuck(FailureCode code, String reason) {
    return new RunbookStop(Outcome.STUCK, code, reason);
  }

  /** The outcome of the run. */
  public Outcome outcome() {
    return outcome;
  }

  /** The reason, one sentence. */
  public String reason() {
    return String.valueOf(getMessage());
  }

  /** The failure code. */
  public FailureCode code() {
    return code;
  }
}
