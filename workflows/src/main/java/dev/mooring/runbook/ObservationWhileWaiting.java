package dev.mooring.runbook;

import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Observes again, while a run waits for its approval, whether its plan has become pointless: once a
 * minute in the first hour, then less often, because the run's history grows with each observation.
 * Two observations in a row, at least a minute apart, must agree: a server that comes up and ends
 * again is not back.
 */
public final class ObservationWhileWaiting {
  private static final Duration SOONEST = Duration.ofMinutes(1);
  private static final long OF_THE_WAIT = 60;

  private final Supplier<Optional<RunbookStop>> look;
  private final CompletablePromise<RunbookStop> seen = Workflow.newPromise();
  private boolean left;

  /**
   * During one wait for approval.
   *
   * @param look observes and changes nothing; the end of the run if its plan is pointless. An
   *     observation that fails is made again later
   */
  public ObservationWhileWaiting(Supplier<Optional<RunbookStop>> look) {
    this.look = look;
  }

  /**
   * Begins. The promise completes once the plan is pointless, and never if it is not. It fails with
   * what the observation throws unexpectedly, so that no run waits unobserved.
   */
  public Promise<RunbookStop> begin() {
    Async.procedure(this::untilPointless)
        .handle((done, unexpected) -> unexpected == null || seen.completeExceptionally(unexpected));
    return seen;
  }

  /** Ends the observations, because the wait is over. */
  public void leave() {
    left = true;
  }

  private void untilPointless() {
    long began = Workflow.currentTimeMillis();
    Duration pause = SOONEST;
    boolean before = false;
    while (!Workflow.await(pause, () -> left)) {
      Optional<RunbookStop> now = observed();
      if (before && now.isPresent()) {
        seen.complete(now.get());
        return;
      }
      before = now.isPresent();
      pause = before ? SOONEST : next(Duration.ofMillis(Workflow.currentTimeMillis() - began));
    }
  }

  /** The pause until the next observation after so much of the wait. */
  static Duration next(Duration waited) {
    Duration part = waited.dividedBy(OF_THE_WAIT);
    return part.compareTo(SOONEST) > 0 ? part : SOONEST;
  }

  private Optional<RunbookStop> observed() {
    try {
      return look.get();
    } catch (TemporalFailure unread) {
      Explained.unlessStopped(unread);
    } catch (RunbookStop unread) {
      // such as no primary, or two: a person decides
    }
    return Optional.empty();
  }
}
