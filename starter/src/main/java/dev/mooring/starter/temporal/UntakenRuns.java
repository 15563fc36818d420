package dev.mooring.starter.temporal;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.DurationText;
import dev.mooring.starter.console.CommandFailure;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs that no worker takes: no caller waits for one that changes nothing, and one whose workflow
 * type no worker knows is never taken. A run is taken once a worker has completed its first
 * workflow task; one that a worker began and lost is not.
 */
final class UntakenRuns {
  /** A worker that is there takes a run at once; one under load in a second. */
  static final Duration TAKEN_WITHIN = Duration.ofSeconds(3);

  /** A task that was given to a worker right before it died is given away again after 10 s. */
  static final Duration GIVEN_UP_AFTER = Duration.ofSeconds(15);

  private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

  /** The first completed task is among these, unless a run got very many signals before it. */
  private static final int FIRST_EVENTS = 100;

  /** How a run closes that no worker took. */
  private static final Set<EventType> CLOSED =
      Set.of(
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
          EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT);

  private final TemporalServer server;
  private final TaskQueues queues;

  /** The runs of that server's namespace. */
  UntakenRuns(TemporalServer server) {
    this.server = server;
    this.queues = new TaskQueues(server);
  }

  /** What an observation of a run shows. */
  enum Seen {
    TAKEN,
    /** A worker was given its first task, and did not complete it so far. */
    GIVEN,
    /** No worker was given it, and one polled its queue within the last minutes. */
    SERVED,
    /** No worker has taken it, and none polled. */
    UNSERVED,
    /** Temporal did not answer. */
    UNKNOWN
  }

  /**
   * The failure of a run that only looks and that no worker has taken {@link #TAKEN_WITHIN} after
   * its start; none if Temporal does not answer.
   */
  Optional<CommandFailure> failure(WorkflowExecution run) {
    return failure(run.getWorkflowId(), look(run), TAKEN_WITHIN, TAKEN_WITHIN);
  }

  /**
   * Waits until a plan has ended or is taken, from its start on. If a worker was given it, which
   * may have died right then, another one has {@link #GIVEN_UP_AFTER}.
   *
   * @param end of the run; a caller that waits for it gets its failure
   * @return the failure of a run that is given up; it is still open
   */
  Optional<CommandFailure> whileUntaken(WorkflowExecution run, CompletableFuture<?> end)
      throws InterruptedException {
    long began = System.nanoTime();
    boolean ended = isDone(end, TAKEN_WITHIN);
    while (!ended) {
      Seen seen = look(run);
      Duration waited = Duration.ofNanos(System.nanoTime() - began);
      Optional<CommandFailure> untaken = failure(run.getWorkflowId(), seen, waited, GIVEN_UP_AFTER);
      if (untaken.isPresent() || seen == Seen.TAKEN) {
        return untaken;
      }
      ended = isDone(end, AGAIN_AFTER);
    }
    return Optional.empty();
  }

  private static boolean isDone(CompletableFuture<?> end, Duration wait)
      throws InterruptedException {
    try {
      end.get(wait.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException failed) {
      return true;
    }
  }

  private Seen look(WorkflowExecution run) {
    try {
      List<HistoryEvent> events = firstEvents(run);
      if (isTaken(events)) {
        return Seen.TAKEN;
      }
      if (isGiven(events)) {
        return Seen.GIVEN;
      }
      return queues.servesRunbooks(ActivityPolicies.SHARED_QUEUE) ? Seen.SERVED : Seen.UNSERVED;
    } catch (StatusRuntimeException unanswered) {
      return Seen.UNKNOWN;
    }
  }

  private List<HistoryEvent> firstEvents(WorkflowExecution run) {
    return server
        .service()
        .getWorkflowExecutionHistory(
            GetWorkflowExecutionHistoryRequest.newBuilder()
                .setNamespace(server.namespace())
                .setExecution(run)
                .setMaximumPageSize(FIRST_EVENTS)
                .build())
        .getHistory()
        .getEventsList();
  }

  /** Whether a run is open, and no worker has taken it so far. */
  boolean isOpenAndUntaken(WorkflowExecution run) {
    List<HistoryEvent> events = firstEvents(run);
    return !isTaken(events)
        && events.stream().noneMatch(event -> CLOSED.contains(event.getEventType()));
  }

  /** Whether a worker completed a workflow task. */
  static boolean isTaken(List<HistoryEvent> events) {
    return events.stream()
        .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
  }

  /** Whether a worker was given a workflow task, even if it died with it. */
  static boolean isGiven(List<HistoryEvent> events) {
    return events.stream()
        .anyMatch(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED);
  }

  /**
   * The failure of a run that was seen so; none of one that is still waited for.
   *
   * @param waited how long, from its start; {@link #TAKEN_WITHIN} at least
   * @param givenUpAfter how long it has if a worker was given it
   */
  static Optional<CommandFailure> failure(
      String run, Seen seen, Duration waited, Duration givenUpAfter) {
    String untaken = String.format("no worker took %s within %s", run, DurationText.of(waited));
    String start = "`systemctl start mooring-worker@SITE` at any site";
    return switch (seen) {
      case UNSERVED ->
          Optional.of(
              CommandFailure.failed(
                  String.format(
                      "no worker serves the queue %s: %s", ActivityPolicies.SHARED_QUEUE, untaken),
                  start));
      case SERVED ->
          Optional.of(
              CommandFailure.failed(
                  untaken,
                  start
                      + "; if one is starting, type it again; if one runs, its log says why it"
                      + " takes no run"));
      case GIVEN ->
          waited.compareTo(givenUpAfter) < 0
              ? Optional.empty()
              : Optional.of(
                  CommandFailure.failed(
                      String.format(
                          "a worker was given %s and did not complete its first task within %s",
                          run, DurationText.of(waited)),
                      "that worker's log says why; if it has died, " + start));
      case TAKEN, UNKNOWN -> Optional.empty();
    };
  }
}
