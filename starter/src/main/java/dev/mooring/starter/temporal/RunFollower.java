package dev.mooring.starter.temporal;

import dev.mooring.starter.console.CommandFailure;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Follows a run to its end. Temporal's long poll waits for the end, so it is known at once;
 * progress is read beside that and may be missing without harm.
 */
public final class RunFollower {
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private static final Duration LAST_LOOK = Duration.ofSeconds(2);

  private final TemporalServer server;

  /** Follows runs there. */
  public RunFollower(TemporalServer server) {
    this.server = server;
  }

  /** Follows a run to its end, showing it while it goes on. */
  public RunEnding follow(RunReference run, Watcher watcher) {
    return follow(run, watcher, false);
  }

  /**
   * Follows a run in mode plan. A run that no worker takes is terminated: nothing is lost with it,
   * and the next plan has its id.
   */
  public RunEnding followPlan(RunReference run, Watcher watcher) {
    return follow(run, watcher, true);
  }

  private RunEnding follow(RunReference run, Watcher watcher, boolean plan) {
    RunLook look = new RunLook(server, run);
    ScheduledExecutorService looking =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
    CompletableFuture<RunEnding> end = RunEndings.of(server, run);
    try {
      Future<?> looks =
          looking.scheduleWithFixedDelay(
              () -> show(look.now(), looking, watcher),
              0,
              LOOK_EVERY.toMillis(),
              TimeUnit.MILLISECONDS);
      if (plan) {
        requireTaken(run, end);
      }
      RunEnding ending = end.join();
      looks.cancel(false);
      lastLook(looking.submit(() -> watcher.show(look.afterTheEnd(ending))));
      return ending;
    } catch (CompletionException unanswered) {
      throw CommandFailure.failed(
          "Temporal at "
              + server.address()
              + " stopped answering; the run continues without this terminal",
          "`mooring follow " + run.workflowId() + "` shows it again",
          unanswered);
    } finally {
      looking.shutdownNow();
    }
  }

  /** A reading that was interrupted, because the caller stopped following, is not shown. */
  private static void show(Watcher.RunView seen, ExecutorService looking, Watcher watcher) {
    if (!looking.isShutdown()) {
      watcher.show(seen);
    }
  }

  private void requireTaken(RunReference run, CompletableFuture<RunEnding> end) {
    try {
      Optional<CommandFailure> untaken = new UntakenRuns(server).whileUntaken(run.execution(), end);
      if (untaken.isPresent() && isTerminated(run, untaken.get())) {
        throw untaken.get();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  /** Terminates an open run; false if it ended meanwhile, because a worker took it after all. */
  private boolean isTerminated(RunReference run, CommandFailure why) {
    try {
      server.stub(run).terminate(String.valueOf(why.getMessage()));
      return true;
    } catch (WorkflowNotFoundException ended) {
      return false;
    } catch (WorkflowException failed) {
      throw CommandFailure.failed(
          String.format(
              "%s; %s could not be terminated and is still open: %s",
              why.getMessage(), run.workflowId(), reason(failed)),
          why.hint() + "; the plan is then made, and changes nothing",
          failed);
    }
  }

  private static String reason(WorkflowException failed) {
    Throwable cause = failed.getCause();
    return String.valueOf((cause == null ? failed : cause).getMessage());
  }

  /** The end is known; that the last steps are shown too is worth a moment, no more. */
  private static void lastLook(Future<?> shown) {
    try {
      shown.get(LAST_LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException unanswered) {
      shown.cancel(true);
    }
  }
}
