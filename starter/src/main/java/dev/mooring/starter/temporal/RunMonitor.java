package dev.mooring.starter.temporal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.watch.ReplicationWatchWorkflow;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The watch of a cluster: commands begin it, pause its automatic acts, and read it. */
public final class RunMonitor {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /** Longer than a worker tries to read a cluster file. */
  private static final Duration READ_WITHIN = Duration.ofSeconds(75);

  private final TemporalServer server;
  private final ClusterName cluster;

  /** The watch of that cluster. */
  public RunMonitor(TemporalServer server, ClusterName cluster) {
    this.server = server;
    this.cluster = cluster;
  }

  /**
   * Begins the watch; does nothing if it runs already. It watches, or keeps the pause of a cluster
   * that it can't watch, once it has read the cluster file: until then it may end, and a pause with
   * it. A watch that is refused, or that no worker takes, is reported within seconds; the latter
   * stays open.
   *
   * @return its state then
   */
  public Optional<WatchState> begin(RunOrder order) {
    return answered(
        () -> {
          WorkflowStub run =
              server.client().newUntypedWorkflowStub(order.type(), RunStarts.options(order));
          try {
            run.start(order.request());
          } catch (WorkflowExecutionAlreadyStarted open) {
            return Optional.<WatchState>empty();
          }
          return Optional.of(watching(order, run));
        });
  }

  private WatchState watching(RunOrder order, WorkflowStub run) {
    CompletableFuture<Void> end = run.getResultAsync(Void.class);
    long began = System.nanoTime();
    while (true) {
      requireOpen(order, end);
      Optional<WatchState> watching = watching(run);
      if (watching.isPresent()) {
        return watching.get();
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - began);
      if (waited.compareTo(UntakenRuns.TAKEN_WITHIN) > 0) {
        Optional<CommandFailure> untaken = new UntakenRuns(server).failure(run.getExecution());
        if (untaken.isPresent()) {
          throw untaken.get();
        }
      }
      if (waited.compareTo(READ_WITHIN) > 0) {
        throw CommandFailure.failed(
            order.workflowId()
                + " has not read the cluster file within "
                + DurationText.of(READ_WITHIN)
                + "; it stays open",
            Commands.monitor(cluster) + " shows it");
      }
    }
  }

  /** Waits for a moment. */
  private static void requireOpen(RunOrder order, CompletableFuture<Void> end) {
    try {
      end.get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException open) {
      return;
    } catch (ExecutionException ended) {
      throw LookRuns.ended(order, ended.getCause() == null ? ended : ended.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("no process waits for " + order.workflowId() + " any more", "");
    }
  }

  /** A run that no worker took is not asked, for that takes seconds. */
  private Optional<WatchState> watching(WorkflowStub run) {
    return new UntakenRuns(server).isOpenAndUntaken(run.getExecution())
        ? Optional.empty()
        : Optional.of(run.query("watched", WatchState.class)).filter(WatchState::hasBegun);
  }

  /**
   * Pauses the automatic acts.
   *
   * @param until a time or a duration from now; empty until a person ends the pause
   * @return the run's own answer
   */
  public String pause(String by, String reason, String until) {
    ObjectNode asked = JsonNodeFactory.instance.objectNode().put("by", by).put("reason", reason);
    if (!until.isEmpty()) {
      asked.put("until", until);
    }
    return answered(() -> watch().pause(new RawRequest(asked)));
  }

  /** Ends the pause and returns the run's own answer. */
  public String resume(String by, String reason) {
    ObjectNode asked = JsonNodeFactory.instance.objectNode().put("by", by);
    if (!reason.isEmpty()) {
      asked.put("reason", reason);
    }
    return answered(() -> watch().resume(new RawRequest(asked)));
  }

  /** The state of the watch; empty if it does not run. */
  public Optional<WatchState> state() {
    return answered(
        () -> {
          ReplicationWatchWorkflow watch = watch();
          try {
            return WorkflowStub.fromTyped(watch).describe().getStatus()
                    == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
                ? Optional.of(watch.watched())
                : Optional.<WatchState>empty();
          } catch (WorkflowNotFoundException none) {
            return Optional.<WatchState>empty();
          }
        });
  }

  private ReplicationWatchWorkflow watch() {
    return server.client().newWorkflowStub(ReplicationWatchWorkflow.class, RunIds.watch(cluster));
  }

  private <T> T answered(Supplier<T> call) {
    try {
      return call.get();
    } catch (WorkflowUpdateException refused) {
      Throwable cause = refused.getCause() == null ? refused : refused.getCause();
      throw CommandFailure.refused(
          RunIds.watch(cluster)
              + " refused: "
              + (cause instanceof ApplicationFailure said
                  ? said.getOriginalMessage()
                  : String.valueOf(cause.getMessage())),
          "`mooring monitor --help` shows what it takes");
    } catch (WorkflowException failure) {
      if (failure.getCause() instanceof StatusRuntimeException status) {
        throw server.refusal(status);
      }
      throw CommandFailure.failed(
          RunIds.watch(cluster) + " does not answer: " + failure.getMessage(),
          "check whether a worker serves the task queue mooring: `mooring status " + cluster + "`",
          failure);
    } catch (StatusRuntimeException refused) {
      throw server.refusal(refused);
    }
  }
}
