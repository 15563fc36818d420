package dev.mooring.starter.temporal;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.runbook.notice.NoticeWorkflow;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.NoticePolicy;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends a notice for a person, to test whether it arrives. */
public final class NoticeRuns {
  /** Each channel is tried once, and all at the same time. */
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final TemporalServer server;

  /** Sends through the workers of that server's namespace. */
  public NoticeRuns(TemporalServer server) {
    this.server = server;
  }

  /** Sends it through every channel of its cluster, and waits for their answers. */
  public NoticeWorkflow.Sent send(Notice notice, NoticePolicy policy) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(notice.key())
            .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
            .setWorkflowRunTimeout(AT_MOST)
            .build();
    WorkflowStub run =
        WorkflowStub.fromTyped(server.client().newWorkflowStub(NoticeWorkflow.class, options));
    try {
      run.start(notice, policy);
      return run.getResult(AT_MOST.toSeconds(), TimeUnit.SECONDS, NoticeWorkflow.Sent.class);
    } catch (WorkflowServiceException failure) {
      throw failure.getCause() instanceof StatusRuntimeException status
          ? server.refusal(status)
          : CommandFailure.failed("the notice could not be asked for", "", failure);
    } catch (WorkflowFailedException | TimeoutException unsent) {
      Optional<CommandFailure> untaken = new UntakenRuns(server).failure(run.getExecution());
      throw untaken.orElseGet(
          () ->
              CommandFailure.failed(
                  notice.key() + " was not sent: " + cause(unsent),
                  "look at that run in the Web UI, and at the workers' logs",
                  unsent));
    }
  }

  private static String cause(Exception failure) {
    Throwable cause = failure.getCause();
    return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
  }
}
