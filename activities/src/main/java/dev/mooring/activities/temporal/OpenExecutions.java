package dev.mooring.activities.temporal;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import java.util.Optional;

/** Whether a workflow goes on; Temporal knows that without a worker. */
public final class OpenExecutions {
  private OpenExecutions() {}

  /** The run that goes on under that id, if one does. */
  public static Optional<WorkflowExecution> of(WorkflowClient client, String workflowId) {
    try {
      WorkflowExecutionDescription seen = client.newUntypedWorkflowStub(workflowId).describe();
      boolean open = seen.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
      return open ? Optional.of(seen.getExecution()) : Optional.empty();
    } catch (WorkflowNotFoundException none) {
      return Optional.empty();
    }
  }
}
