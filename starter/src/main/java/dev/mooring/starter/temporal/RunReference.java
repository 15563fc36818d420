package dev.mooring.starter.temporal;

import dev.mooring.runbook.RunIds;
import io.temporal.api.common.v1.WorkflowExecution;

/**
 * A run in Temporal.
 *
 * @param workflowId its id, such as {@code mooring:harbour:publish}; a schedule adds the time
 * @param runId which of the runs of that id
 * @param runbook its workflow type
 */
public record RunReference(String workflowId, String runId, String runbook) {
  /** As Temporal's own calls name it. */
  WorkflowExecution execution() {
    return WorkflowExecution.newBuilder().setWorkflowId(workflowId).setRunId(runId).build();
  }

  /** The id it would have had if a person had typed it. */
  public String typedId() {
    return RunIds.typed(workflowId);
  }
}
