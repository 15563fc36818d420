package dev.mooring.starter.temporal;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.failback.FailbackResult;
import dev.mooring.runbook.failover.FailoverResult;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.replication.ReplicationResult;
import dev.mooring.runbook.resilver.ResilverResult;
import dev.mooring.runbook.startprimary.StartPrimaryResult;
import dev.mooring.runbook.switchover.SwitchoverResult;
import dev.mooring.starter.console.CommandFailure;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TerminatedFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** How runs ended. */
final class RunEndings {
  private RunEndings() {}

  /** The ending of a run, once it has ended. */
  static CompletableFuture<RunEnding> of(TemporalServer server, RunReference run) {
    WorkflowStub stub = server.stub(run);
    CompletableFuture<RunEnding> completed =
        switch (run.runbook()) {
          case "PublishCycle" ->
              stub.getResultAsync(PublishResult.class).thenApply(RunEndings::completed);
          case "DrConsume" ->
              stub.getResultAsync(ConsumeResult.class).thenApply(RunEndings::completed);
          case "Switchover" ->
              stub.getResultAsync(SwitchoverResult.class).thenApply(RunEndings::completed);
          case "Failover" ->
              stub.getResultAsync(FailoverResult.class).thenApply(RunEndings::completed);
          case "StartPrimary" ->
              stub.getResultAsync(StartPrimaryResult.class).thenApply(RunEndings::completed);
          case "Failback" ->
              stub.getResultAsync(FailbackResult.class).thenApply(RunEndings::completed);
          case "Resilver" ->
              stub.getResultAsync(ResilverResult.class).thenApply(RunEndings::completed);
          case "ReplicationSetup" ->
              stub.getResultAsync(ReplicationResult.class).thenApply(RunEndings::completed);
          default ->
              throw CommandFailure.usage(
                  run.workflowId() + " is a " + run.runbook() + ", not a runbook",
                  "`mooring status` lists the open runs");
        };
    return completed.exceptionally(RunEndings::ended);
  }

  private static RunEnding completed(PublishResult result) {
    return new RunEnding.Completed(
        result.outcome(),
        result.headline(),
        result.restorePoint(),
        result.degraded(),
        result.proof(),
        result.steps());
  }

  private static RunEnding completed(ConsumeResult result) {
    return new RunEnding.Completed(
        result.outcome(),
        result.headline(),
        result.restorePoint(),
        result.degraded(),
        result.proof(),
        result.steps());
  }

  private static RunEnding completed(SwitchoverResult result) {
    return new RunEnding.Completed(
        result.outcome(), result.headline(), "", result.degraded(), result.proof(), result.steps());
  }

  private static RunEnding completed(FailoverResult result) {
    return new RunEnding.Completed(
        result.outcome(), result.headline(), "", result.degraded(), result.proof(), result.steps());
  }

  private static RunEnding completed(StartPrimaryResult result) {
    return new RunEnding.Completed(
        result.outcome(), result.headline(), "", result.degraded(), result.proof(), result.steps());
  }

  private static RunEnding completed(FailbackResult result) {
    return new RunEnding.Completed(
        result.outcome(), result.headline(), "", result.degraded(), result.proof(), result.steps());
  }

  private static RunEnding completed(ResilverResult result) {
    return new RunEnding.Completed(
        result.outcome(), result.headline(), "", result.degraded(), result.proof(), result.steps());
  }

  private static RunEnding completed(ReplicationResult result) {
    List<ProofRecord> rows =
        result.standbys().stream()
            .map(
                row ->
                    new ProofRecord(
                        row.instance().value(),
                        List.of(
                            new Fact("health", row.health().name().toLowerCase(Locale.ROOT)),
                            new Fact("state", row.state()),
                            new Fact("sync", row.sync()),
                            new Fact("slot", row.slot()),
                            new Fact("replayed", row.replayed()))))
            .toList();
    return new RunEnding.Completed(
        result.outcome(), result.headline(), "", result.degraded(), rows, result.steps());
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
          "somebody terminated it in Temporal; nothing was undone and no receipt was written");
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
