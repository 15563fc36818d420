package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import org.jspecify.annotations.Nullable;

/**
 * A failure as an operator is told it.
 *
 * @param code what kind
 * @param sentence what happened
 */
public record Explained(FailureCode code, String sentence) {

  /** Finds the innermost thing that is known about a failed call. */
  public static Explained of(TemporalFailure failure) {
    ApplicationFailure application = null;
    TimeoutFailure timeout = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CanceledFailure) {
        return new Explained(FailureCode.CANCELLED, "the run was cancelled");
      }
      if (cause instanceof ApplicationFailure found) {
        application = found;
      }
      if (cause instanceof TimeoutFailure found && timeout == null) {
        timeout = found;
      }
    }
    return application != null ? ofApplication(application) : ofTimeout(timeout, failure);
  }

  private static Explained ofApplication(ApplicationFailure failure) {
    for (FailureCode code : FailureCode.values()) {
      if (code.name().equals(failure.getType())) {
        return new Explained(code, failure.getOriginalMessage());
      }
    }
    return new Explained(FailureCode.BUG, failure.getType() + ": " + failure.getOriginalMessage());
  }

  private static Explained ofTimeout(@Nullable TimeoutFailure timeout, TemporalFailure failure) {
    if (timeout == null) {
      return new Explained(FailureCode.BUG, String.valueOf(failure.getMessage()));
    }
    return switch (timeout.getTimeoutType()) {
      case TIMEOUT_TYPE_SCHEDULE_TO_START ->
          new Explained(FailureCode.NO_WORKER, "no worker took the work of that queue in time");
      default ->
          new Explained(
              FailureCode.OUTCOME_UNKNOWN,
              "the worker was lost and no other finished the call in time");
    };
  }
}
