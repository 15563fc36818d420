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
 * @param code what kind
 * @param sentence what happened
 */
public record Explained(FailureCode code, String sentence) {
  private static final String HINT = "HINT:";
  private static final String WORKER_LOST =
      "the worker was lost and no other finished the call in time";

  /**
   * Finds what is known about a failed call: the first of its causes that carries one of our codes.
   * What lies behind that one, such as an exception of a library, is the adapter's business.
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
   * The same of a call whose failure is an answer too. If the run was stopped, the failure is
   * thrown on.
   */
  public static Explained unlessStopped(TemporalFailure failure) {
    Explained why = of(failure);
    if (why.code() == FailureCode.CANCELLED) {
      throw failure;
    }
    return why;
  }

  /** Whether nothing was heard of the host: a refusal, or what was seen there, is an answer. */
  public static boolean isHostSilent(TemporalFailure failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ApplicationFailure found) {
        return codeOf(found).filter(Explained::isSilence).isPresent();
      }
    }
    return true;
  }

  /** Whether the call was not made: no worker took it, or the worker was lost with it. */
  public static boolean isUnasked(InstanceFailure failure) {
    return failure.code() == FailureCode.NO_WORKER || failure.message().equals(WORKER_LOST);
  }

  /** Whether that code says that nothing was heard. */
  public static boolean isSilence(FailureCode code) {
    return switch (code) {
      case HOST_UNREACHABLE, HOST_SILENT, NO_WORKER -> true;
      default -> false;
    };
  }

  private static Optional<FailureCode> codeOf(ApplicationFailure failure) {
    return FailureCode.named(failure.getType());
  }

  /** Without the adapter's hint: the ending has the code's own. Each typing error keeps its own. */
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
      case TIMEOUT_TYPE_HEARTBEAT -> new Explained(FailureCode.OUTCOME_UNKNOWN, WORKER_LOST);
      default ->
          new Explained(
              FailureCode.OUTCOME_UNKNOWN,
              "the call did not end in the time that it is given, so what it did is not known");
    };
  }
}
