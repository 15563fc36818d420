package dev.mooring.starter.temporal;

import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import java.util.List;
import java.util.Optional;

/**
 * Keeps Temporal's test server from repeating an observation that ended by its own time limit. A
 * server takes {@code TemporalTimeout:StartToClose} among the errors that are not retried; the test
 * server does not know that name, and would ask a host that is silent twice.
 */
final class SilenceIsAnAnswer extends WorkerInterceptorBase {
  private static final String OUT_OF_TIME = "TemporalTimeout:StartToClose";

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public void init(WorkflowOutboundCallsInterceptor outbound) {
        super.init(new Once(outbound));
      }
    };
  }

  private static final class Once extends WorkflowOutboundCallsInterceptorBase {
    Once(WorkflowOutboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
      return super.executeActivity(
          new ActivityInput<>(
              input.getActivityName(),
              input.getResultClass(),
              input.getResultType(),
              input.getArgs(),
              once(input.getOptions()),
              input.getHeader()));
    }

    private static ActivityOptions once(ActivityOptions asked) {
      boolean timedOutIsFinal =
          Optional.ofNullable(asked.getRetryOptions())
              .map(RetryOptions::getDoNotRetry)
              .filter(names -> List.of(names).contains(OUT_OF_TIME))
              .isPresent();
      return timedOutIsFinal
          ? asked.toBuilder()
              .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
              .build()
          : asked;
    }
  }
}
