package dev.mooring.worker;

import dev.mooring.runbook.SearchAttributes;
import io.temporal.common.SearchAttributeUpdate;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.workflow.Workflow;
import org.slf4j.MDC;

/**
 * The fields that the log lines of a run's own thread carry beside the SDK's: runbook and run, and
 * cluster and step once the run has set them. The SDK clears them when the thread goes back to its
 * pool.
 */
final class RunLabels extends WorkerInterceptorBase {
  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public void init(WorkflowOutboundCallsInterceptor calls) {
        super.init(new Labelling(calls));
      }

      @Override
      public WorkflowOutput execute(WorkflowInput input) {
        MDC.put("runbook", Workflow.getInfo().getWorkflowType());
        MDC.put("run", Workflow.getInfo().getOriginalExecutionRunId());
        return super.execute(input);
      }
    };
  }

  private static final class Labelling extends WorkflowOutboundCallsInterceptorBase {
    Labelling(WorkflowOutboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public void upsertTypedSearchAttributes(SearchAttributeUpdate<?>... updates) {
      for (SearchAttributeUpdate<?> update : updates) {
        if (update.getKey().equals(SearchAttributes.CLUSTER)) {
          update.getValue().ifPresent(cluster -> MDC.put("cluster", cluster.toString()));
        } else if (update.getKey().equals(SearchAttributes.STEP)) {
          update.getValue().ifPresent(step -> MDC.put("step", step.toString()));
        }
      }
      super.upsertTypedSearchAttributes(updates);
    }
  }
}
