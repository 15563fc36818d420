package dev.mooring.dev.endtoend;

import io.temporal.activity.ActivityOptions;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import java.time.Duration;

/** Lets every activity be tried again soon after its worker's last beat. */
final class SoonNoticed extends WorkerInterceptorBase {
  private static final Duration NOTICED_AFTER = Duration.ofSeconds(2);

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public void init(WorkflowOutboundCallsInterceptor outbound) {
        super.init(new ShortHeartbeats(outbound));
      }
    };
  }

  private static final class ShortHeartbeats extends WorkflowOutboundCallsInterceptorBase {
    ShortHeartbeats(WorkflowOutboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
      ActivityOptions options =
          ActivityOptions.newBuilder(input.getOptions()).setHeartbeatTimeout(NOTICED_AFTER).build();
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
