package dev.mooring.starter.temporal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.Progress;
import dev.mooring.starter.temporal.Watcher.PendingCall;
import dev.mooring.starter.temporal.Watcher.RunView;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.DataConverterException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads an open run: its progress, its pending calls, and whether a worker is there. */
final class RunLook {
  private final TemporalServer server;
  private final TaskQueues queues;
  private final WorkflowExecution execution;
  private final WorkflowStub stub;
  private Progress progress;

  RunLook(TemporalServer server, RunReference run) {
    this.server = server;
    this.queues = new TaskQueues(server);
    this.execution = run.execution();
    this.stub = server.stub(run);
    this.progress = new Progress(run.runbook(), "waits for a worker", "", List.of());
  }

  /** The progress of the run; what can't be read now is shown as it was last. */
  RunView now() {
    String note = progress.steps().isEmpty() ? withoutWorker() : "";
    if (note.isEmpty()) {
      try {
        progress = stub.query("progress", Progress.class);
      } catch (WorkflowException | StatusRuntimeException | DataConverterException unanswered) {
        note = whyUnanswered();
      }
    }
    try {
      return new RunView(progress, calls(), note);
    } catch (StatusRuntimeException unanswered) {
      return new RunView(progress, List.of(), "Temporal does not answer now; it is asked again");
    }
  }

  /**
   * The progress of the run when it ended; no call is pending any more. A completed run's result
   * holds it: to query the run, a worker would have to replay it.
   */
  RunView afterTheEnd(RunEnding ending) {
    if (ending instanceof RunEnding.Completed completed) {
      progress =
          new Progress(
              progress.runbook(),
              completed.headline(),
              completed.restorePoint(),
              completed.steps());
      return new RunView(progress, List.of(), "");
    }
    try {
      progress = stub.query("progress", Progress.class);
    } catch (WorkflowException | StatusRuntimeException | DataConverterException unanswered) {
      return new RunView(progress, List.of(), "");
    }
    return new RunView(progress, List.of(), "");
  }

  private String whyUnanswered() {
    String without = withoutWorker();
    return without.isEmpty() ? "the worker does not answer yet" : without;
  }

  /** A question to a run without a worker would be waited for in vain. */
  private String withoutWorker() {
    try {
      return queues.servesRunbooks(ActivityPolicies.SHARED_QUEUE)
          ? ""
          : "no worker serves the queue "
              + ActivityPolicies.SHARED_QUEUE
              + ": the run waits for one (`systemctl start mooring-worker@SITE`)";
    } catch (StatusRuntimeException unanswered) {
      return "Temporal does not answer now; it is asked again";
    }
  }

  private List<PendingCall> calls() {
    List<PendingCall> calls = new ArrayList<>();
    for (PendingActivityInfo pending :
        server
            .service()
            .describeWorkflowExecution(
                DescribeWorkflowExecutionRequest.newBuilder()
                    .setNamespace(server.namespace())
                    .setExecution(execution)
                    .build())
            .getPendingActivitiesList()) {
      calls.add(
          new PendingCall(
              pending.getActivityType().getName(),
              pending.getAttempt(),
              pending.getLastFailure().getMessage(),
              said(pending),
              unservedQueue(pending)));
    }
    return calls;
  }

  private String unservedQueue(PendingActivityInfo pending) {
    String queue = pending.getActivityOptions().getTaskQueue().getName();
    boolean waits = pending.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
    return waits && !queue.isEmpty() && !queues.servesActivities(queue) ? queue : "";
  }

  private String said(PendingActivityInfo pending) {
    if (pending.getHeartbeatDetails().getPayloadsCount() == 0) {
      return "";
    }
    // a call that only says that its worker lives reports null
    @Nullable JsonNode details =
        server
            .client()
            .getOptions()
            .getDataConverter()
            .fromPayload(
                pending.getHeartbeatDetails().getPayloads(0), JsonNode.class, JsonNode.class);
    return details == null ? "" : Heartbeat.inWords(details);
  }
}
