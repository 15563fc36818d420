package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure as an operator reads it.
 *
 * @param code the failure code
 * @param sentence what happened
 */
public record Explained(FailureCode code, String sentence) {
  private static final String HINT = "HINT:";

  /**
   * Explains a failed call by the first of its causes that has one of our codes. Deeper causes,
   * such as an exception of a library, concern only the adapter.
   */
  public static Explained of(TemporalFailure failure) {
    ApplicationFailure unknown = null;
    TimeoutFailure timeout = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CanceledFailure) {
        return new Explained(FailureCode.CANCELLED, "the run was cancelled");
      }
      if (cause instanceof ApplicationFailure found) {
        Optional<FailureCode> code = codeOf(found);
        if (code.isPresent()) {
          return new Explained(code.get(), fact(code.get(), found.getOriginalMessage()));
        }
        unknown = found;
      }
      if (cause instanceof TimeoutFailure found && timeout == null) {
        timeout = found;
      }
    }
    return unknown == null
        ? ofTimeout(timeout, failure)
        : new Explained(FailureCode.BUG, unknown.getType() + ": " + unknown.getOriginalMessage());
  }

  /**
   * The same for a call whose failure is an answer. If the run was cancelled, the failure is
   * thrown.
   */
  public static Explained unlessStopped(TemporalFailure failure) {
    Explained why = of(failure);
    if (why.code() == FailureCode.CANCELLED) {
      throw failure;
    }
    return why;
  }

  /** Whether nothing came from the host: a refusal, or an observation there, is an answer. */
  public static boolean isHostSilent(TemporalFailure failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ApplicationFailure found) {
        return codeOf(found).filter(Explained::isSilence).isPresent();
      }
    }
    return true;
  }

  /** Whether no answer can have come: no worker took the call, or the worker was lost with it. */
  public static boolean isUnasked(InstanceFailure failure) {
    return failure.code() == FailureCode.NO_WORKER || failure.code() == FailureCode.WORKER_LOST;
  }

  /** Whether a call was made and nothing is known of what it did. */
  public boolean isOutcomeUnknown() {
    return code == FailureCode.OUTCOME_UNKNOWN || code == FailureCode.WORKER_LOST;
  }

  /** Whether the code means that no answer came. */
  public static boolean isSilence(FailureCode code) {
    return switch (code) {
      case HOST_UNREACHABLE, HOST_SILENT, NO_WORKER -> true;
      default -> false;
    };
  }

  private static Optional<FailureCode> codeOf(ApplicationFailure failure) {
    return FailureCode.named(failure.getType());
  }

  /** Without the adapter's hint, as the ending has one; an error of the cluster file keeps its. */
  private static String fact(FailureCode code, String message) {
    int hint = message.indexOf(HINT);
    return hint < 0 || code == FailureCode.CLUSTER_FILE
        ? message
        : message.substring(0, hint).strip();
  }

  private static Explained ofTimeout(@Nullable TimeoutFailure timeout, TemporalFailure failure) {
    if (timeout == null) {
      return new Explained(FailureCode.BUG, String.valueOf(failure.getMessage()));
    }
    return switch (timeout.getTimeoutType()) {
      case TIMEOUT_TYPE_SCHEDULE_TO_START ->
          new Explained(FailureCode.NO_WORKER, "no worker took the work of that queue in time");
      case TIMEOUT_TYPE_HEARTBEAT ->
          new Explained(
              FailureCode.WORKER_LOST,
              "the worker was lost and no other finished the call in time");
      default ->
          new Explained(
              FailureCode.OUTCOME_UNKNOWN,
              "the call did not end in the time that it is given, so what it did is not known");
    };
  }
}
