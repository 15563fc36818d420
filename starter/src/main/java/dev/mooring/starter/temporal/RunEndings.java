package dev.mooring.starter.temporal;

import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.RunResult;
import dev.mooring.runbook.all.RunbookClasses;
import dev.mooring.runbook.checks.CheckedResult;
import dev.mooring.starter.console.CommandFailure;
import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** How runs ended. */
final class RunEndings {
  private RunEndings() {}

  /** The ending of a run, once it has ended. */
  static CompletableFuture<RunEnding> of(TemporalServer server, RunReference run) {
    Class<? extends RunResult> result =
        RunbookClasses.ALL.stream()
            .filter(one -> one.runbook().type().equals(run.runbook()))
            .findFirst()
            .orElseThrow(
                () ->
                    CommandFailure.usage(
                        run.workflowId() + " is a " + run.runbook() + ", not a runbook",
                        "`mooring status` lists the open runs"))
            .result();
    return server
        .stub(run)
        .getResultAsync(result)
        .thenApply(RunEndings::completed)
        .exceptionally(RunEndings::ended);
  }

  private static RunEnding completed(RunResult result) {
    return new RunEnding.Completed(
        result.outcome(),
        result.headline(),
        result.restorePoint(),
        result instanceof CheckedResult checked ? checked.checks() : List.of(),
        result.degraded(),
        result.proof(),
        result.steps());
  }

  static RunEnding ended(Throwable thrown) {
    Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (!(failure instanceof WorkflowFailedException)) {
      throw new CompletionException(failure);
    }
    Throwable cause = failure.getCause();
    if (cause instanceof ApplicationFailure application) {
      return new RunEnding.Ended(record(application));
    }
    if (cause instanceof CanceledFailure) {
      return new RunEnding.Closed("it was cancelled in Temporal and left no record of its own");
    }
    if (cause instanceof TerminatedFailure) {
      return new RunEnding.Closed(
          "a person terminated it in Temporal; nothing was undone and no receipt was written");
    }
    if (cause instanceof TimeoutFailure) {
      return new RunEnding.Closed("its run timeout in Temporal passed; nothing was undone");
    }
    throw new CompletionException(failure);
  }

  /** A request that could not be bound fails before the runbook can write a record. */
  private static EndingRecord record(ApplicationFailure failure) {
    boolean isEnding =
        Stream.of(Outcome.values()).anyMatch(o -> o.failureType().equals(failure.getType()));
    if (isEnding && failure.getDetails().getSize() > 0) {
      return failure.getDetails().get(0, EndingRecord.class);
    }
    return new EndingRecord(
        Outcome.REFUSED.failureType(),
        failure.getType(),
        failure.getOriginalMessage(),
        "correct the request and start again; nothing was done",
        "none: the run never began");
  }
}
