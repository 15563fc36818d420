package dev.mooring.dev.endtoend;

import io.temporal.activity.ActivityOptions;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import java.time.Duration;

/**
 * Lets a look be given up after a quarter of its minute, in which it is tried at least twice, so
 * that a test needs no minute to see what the last attempt leads to.
 */
final class SoonGivenUp extends WorkerInterceptorBase {
  private static final Duration A_MINUTE = Duration.ofMinutes(1);
  private static final Duration GIVEN_UP_AFTER = Duration.ofSeconds(15);

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public void init(WorkflowOutboundCallsInterceptor outbound) {
        super.init(new ShortLooks(outbound));
      }
    };
  }

  private static final class ShortLooks extends WorkflowOutboundCallsInterceptorBase {
    ShortLooks(WorkflowOutboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
      ActivityOptions asked = input.getOptions();
      ActivityOptions options =
          A_MINUTE.equals(asked.getScheduleToCloseTimeout())
              ? ActivityOptions.newBuilder(asked).setScheduleToCloseTimeout(GIVEN_UP_AFTER).build()
              : asked;
      return super.executeActivity(
          new ActivityInput<>(
              input.getActivityName(),
              input.getResultClass(),
              input.getResultType(),
              input.getArgs(),
              options,
              input.getHeader()));
    }
  }
}
