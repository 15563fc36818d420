package dev.mooring.worker;

import dev.mooring.port.FailureCode;
import io.grpc.StatusRuntimeException;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalException;
import java.io.IOException;

/**
 * Gives an exception of Mooring's own code that fails an activity the code {@link FailureCode#BUG},
 * so that a policy can decide on retries; the exception stays its cause. Exceptions of Temporal, a
 * file or a lost connection pass unchanged, and so do those of a worker that stops.
 */
final class OwnErrors extends WorkerInterceptorBase {
  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new Coded(next);
  }

  private static final class Coded extends ActivityInboundCallsInterceptorBase {
    Coded(ActivityInboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
      try {
        return super.execute(input);
      } catch (RuntimeException thrown) {
        throw isOwn(thrown)
            ? ApplicationFailure.newFailureWithCause(
                thrown.toString(), FailureCode.BUG.name(), thrown)
            : thrown;
      }
    }

    private static boolean isOwn(RuntimeException thrown) {
      boolean stopped = Thread.currentThread().isInterrupted();
      for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
        stopped |= cause instanceof InterruptedException;
        if (stopped || isForeign(cause)) {
          return false;
        }
      }
      return true;
    }

    /** Looks at causes too: a failure in a thread beside the activity's is wrapped. */
    private static boolean isForeign(Throwable cause) {
      return cause instanceof TemporalException
          || cause instanceof StatusRuntimeException
          || cause instanceof DataConverterException
          || cause instanceof IOException
          || cause instanceof Error;
    }
  }
}
