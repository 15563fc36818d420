package dev.mooring.starter.temporal;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.runbook.notice.NoticeWorkflow;
import dev.mooring.runbook.notice.NoticeWorkflow.Sent;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.NoticePolicy;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends notices for a person, to test whether they arrive. */
public final class NoticeRuns {
  /** Each channel is tried once, and all at the same time. */
  private static final Duration AT_MOST = Duration.ofSeconds(60);

  private final TemporalServer server;

  /** Sends through the workers of that server's namespace. */
  public NoticeRuns(TemporalServer server) {
    this.server = server;
  }

  /**
   * Sends them at the same time, each through every channel of its cluster, and waits for their
   * answers.
   *
   * @param notices each under the event that it shows
   */
  public Map<Event, Sent> send(Map<Event, Notice> notices, NoticePolicy policy) {
    Map<Event, WorkflowStub> begun = new EnumMap<>(Event.class);
    Map<Event, Sent> sent = new EnumMap<>(Event.class);
    try {
      notices.forEach((event, notice) -> begun.put(event, begin(notice, policy)));
      begun.forEach((event, run) -> sent.put(event, answers(run)));
      return sent;
    } catch (WorkflowServiceException failure) {
      throw failure.getCause() instanceof StatusRuntimeException status
          ? server.refusal(status)
          : CommandFailure.failed("the notices could not be asked for", "", failure);
    }
  }

  private WorkflowStub begin(Notice notice, NoticePolicy policy) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(notice.key())
            .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
            .setWorkflowRunTimeout(AT_MOST)
            .build();
    WorkflowStub run =
        WorkflowStub.fromTyped(server.client().newWorkflowStub(NoticeWorkflow.class, options));
    run.start(notice, policy);
    return run;
  }

  private Sent answers(WorkflowStub run) {
    try {
      return run.getResult(AT_MOST.toSeconds(), TimeUnit.SECONDS, Sent.class);
    } catch (WorkflowFailedException | TimeoutException unsent) {
      Optional<CommandFailure> untaken = new UntakenRuns(server).failure(run.getExecution());
      throw untaken.orElseGet(
          () ->
              CommandFailure.failed(
                  run.getExecution().getWorkflowId() + " was not sent: " + cause(unsent),
                  "look at that run in the Web UI, and at the workers' logs",
                  unsent));
    }
  }

  private static String cause(Exception failure) {
    Throwable cause = failure.getCause();
    return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
  }
}
