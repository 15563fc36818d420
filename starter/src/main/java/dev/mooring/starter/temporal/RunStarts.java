package dev.mooring.starter.temporal;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.starter.console.CommandFailure;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributes;

/** Starts runs; one that is open under the same id is never started a second time. */
public final class RunStarts {
  private final TemporalServer server;

  /** Starts runs there. */
  public RunStarts(TemporalServer server) {
    this.server = server;
  }

  /** Starts a run, or refuses because one is open, naming it. */
  public RunReference start(RunOrder order) {
    WorkflowStub stub = server.client().newUntypedWorkflowStub(order.type(), once(order));
    try {
      WorkflowExecution started = stub.start(order.request());
      return new RunReference(started.getWorkflowId(), started.getRunId(), order.type());
    } catch (WorkflowExecutionAlreadyStarted open) {
      throw CommandFailure.refused(
          order.workflowId()
              + " is open already (run "
              + open.getExecution().getRunId()
              + "); it was not started again",
          "`mooring follow " + order.workflowId() + "` shows it");
    } catch (WorkflowServiceException failure) {
      throw server.refusal(failure);
    }
  }

  private static WorkflowOptions once(RunOrder order) {
    return WorkflowOptions.newBuilder(options(order))
        .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
        .setWorkflowIdReusePolicy(WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
        .build();
  }

  /** What every start of a run has, typed or scheduled. */
  static WorkflowOptions options(RunOrder order) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(order.workflowId())
        .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
        .setStaticSummary(order.summary())
        .setMemo(order.memo())
        .setTypedSearchAttributes(
            SearchAttributes.newBuilder()
                .set(dev.mooring.runbook.SearchAttributes.CLUSTER, order.cluster().value())
                .build())
        .build();
  }
}
