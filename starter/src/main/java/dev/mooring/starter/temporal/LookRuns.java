package dev.mooring.starter.temporal;

import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Outcome;
import dev.mooring.starter.console.CommandFailure;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Starts runs that only read and waits for them: the answer, or one sentence why there is none,
 * comes within seconds. A run that no worker takes ends automatically.
 */
public final class LookRuns {
  /** A run that no worker takes ends so long after its last caller stopped waiting. */
  private static final Duration LEFT_ALONE_FOR = Duration.ofSeconds(30);

  private final TemporalServer server;

  /** Reads through the workers of that server's namespace. */
  public LookRuns(TemporalServer server) {
    this.server = server;
  }

  /**
   * Starts a run that only reads and waits for its answer.
   *
   * @param atMost how long, from the start
   */
  public <R> R answer(RunOrder order, Class<R> type, Duration atMost) {
    WorkflowStub run = start(order, atMost.plus(LEFT_ALONE_FOR));
    CompletableFuture<R> answer = run.getResultAsync(type);
    try {
      return first(answer, run.getExecution(), atMost);
    } catch (ExecutionException failed) {
      throw ended(order, failed.getCause() == null ? failed : failed.getCause());
    } catch (TimeoutException silent) {
      throw CommandFailure.failed(
          order.workflowId() + " gave no answer within " + DurationText.of(atMost),
          "look at that run in the Web UI, and at the workers' logs",
          silent);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("no process waits for " + order.workflowId() + " any more", "");
    }
  }

  private WorkflowStub start(RunOrder order, Duration closedWithin) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder(RunStarts.options(order))
            .setWorkflowRunTimeout(closedWithin)
            .build();
    WorkflowStub run = server.client().newUntypedWorkflowStub(order.type(), options);
    try {
      run.start(order.request());
      return run;
    } catch (WorkflowServiceException failure) {
      throw server.refusal(failure);
    }
  }

  private <R> R first(CompletableFuture<R> answer, WorkflowExecution run, Duration atMost)
      throws ExecutionException, TimeoutException, InterruptedException {
    Duration taken = UntakenRuns.TAKEN_WITHIN;
    try {
      return answer.get(taken.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException notYet) {
      Optional<CommandFailure> untaken = new UntakenRuns(server).failure(run);
      if (untaken.isPresent()) {
        throw untaken.get();
      }
      return answer.get(atMost.minus(taken).toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The result of a run that was to answer, or to go on. */
  static CommandFailure ended(RunOrder order, Throwable failure) {
    RunEnding ending = RunEndings.ended(failure);
    if (ending instanceof RunEnding.Ended ended) {
      EndingRecord record = ended.record();
      return record.outcome().equals(Outcome.REFUSED.failureType())
          ? CommandFailure.refused(record.headline(), record.hint())
          : CommandFailure.failed(record.headline(), record.hint());
    }
    return CommandFailure.failed(
        order.workflowId() + " was closed by a person before it answered", "run the command again");
  }
}
