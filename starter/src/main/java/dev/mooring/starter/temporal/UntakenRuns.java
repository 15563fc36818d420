package dev.mooring.starter.temporal;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.Span;
import dev.mooring.starter.console.CommandFailure;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.PendingWorkflowTaskState;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import java.time.Duration;
import java.util.Optional;

/** Runs that change nothing and that no worker takes: nobody waits for those. */
final class UntakenRuns {
  /** A worker that is there takes a run at once; one under load in a second. */
  static final Duration TAKEN_WITHIN = Duration.ofSeconds(3);

  private static final int EVENTS_OF_AN_UNTAKEN_RUN = 2;

  private final TemporalServer server;

  /** Those of that server's namespace. */
  UntakenRuns(TemporalServer server) {
    this.server = server;
  }

  /** The failure of a run that no worker has taken {@link #TAKEN_WITHIN} after its start. */
  Optional<CommandFailure> failure(WorkflowExecution run) {
    DescribeWorkflowExecutionResponse seen =
        server
            .service()
            .describeWorkflowExecution(
                DescribeWorkflowExecutionRequest.newBuilder()
                    .setNamespace(server.namespace())
                    .setExecution(run)
                    .build());
    return isUntaken(seen)
        ? Optional.of(
            CommandFailure.failed(
                String.format(
                    "no worker serves the queue %s: nobody took %s within %s",
                    ActivityPolicies.SHARED_QUEUE, run.getWorkflowId(), Span.of(TAKEN_WITHIN)),
                "`systemctl start mooring-worker@SITE` at any site"))
        : Optional.empty();
  }

  static boolean isUntaken(DescribeWorkflowExecutionResponse seen) {
    return seen.getWorkflowExecutionInfo().getHistoryLength() <= EVENTS_OF_AN_UNTAKEN_RUN
        && seen.getPendingWorkflowTask().getState()
            == PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED;
  }
}
