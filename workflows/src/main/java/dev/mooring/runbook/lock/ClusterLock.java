package dev.mooring.runbook.lock;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.RunActivities.LockObserved;
import dev.mooring.port.RunActivities.LockState;
import dev.mooring.port.RunActivities.ObserveLock;
import dev.mooring.port.RunActivities.ReleaseLock;
import dev.mooring.port.RunActivities.StopRun;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.failure.ChildWorkflowFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.SignalExternalWorkflowException;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * The lock of a cluster at a site. Temporal refuses a second open run with the same id; a lock
 * whose holder has no open run is terminated by the run id that was described, never by its
 * workflow id alone.
 */
public final class ClusterLock {
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
  private static final Duration CLOSES = Duration.ofMillis(100);
  private static final int LOST_RACES = 3;

  /** How long a run that was cancelled may undo its steps before it is terminated. */
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(5);

  /** How long a lock that was given back may take to close before its holder goes on. */
  private static final Duration CLOSES_WITHIN = Duration.ofSeconds(10);

  private ClusterLock() {}

  /**
   * A lock that this run has.
   *
   * @param run the lock's own run
   * @param closed its end, if this run started it; empty if an earlier run of a reset did
   */
  public record Held(WorkflowExecution run, Optional<Promise<Void>> closed) {}

  /**
   * Takes the lock, waiting for its holder for at most {@code patience}.
   *
   * @return the lock, for {@link #release}
   * @throws LockHeld naming the holder
   */
  public static Held take(ClusterName cluster, SiteName site, String what, Duration patience) {
    return take(cluster, site, what, holder -> patience);
  }

  /**
   * Takes the lock.
   *
   * @param patience how long a holder is waited for, by its runbook
   * @return the lock, for {@link #release}
   * @throws LockHeld naming the holder
   */
  public static Held take(
      ClusterName cluster, SiteName site, String what, Function<String, Duration> patience) {
    return take(cluster, site, what, patience, Stopping.NOBODY);
  }

  /**
   * Takes the lock, and stops some holders: each is asked to end, so that it can undo its steps,
   * and is terminated if it has not ended after five seconds.
   *
   * @return the lock, for {@link #release}
   * @throws LockHeld naming a holder that is not stopped
   */
  public static Held take(
      ClusterName cluster,
      SiteName site,
      String what,
      Function<String, Duration> patience,
      Stopping stopping) {
    String id = LockWorkflow.idOf(cluster, site);
    String run = Workflow.getInfo().getOriginalExecutionRunId();
    Holder me = new Holder(Workflow.getInfo().getWorkflowId(), run, what);
    long began = Workflow.currentTimeMillis();
    int racesLeft = LOST_RACES;
    while (true) {
      Optional<Held> taken = started(id, me);
      if (taken.isPresent()) {
        return taken.get();
      }
      LockObserved seen = look(cluster, site, ActivityPolicies.OBSERVE).get();
      switch (seen.state()) {
        case FREE -> racesLeft--;
        case ABANDONED -> {
          activities(ActivityPolicies.OBSERVE, "free the lock of a run that is over")
              .releaseLock(new ReleaseLock(id, seen.lockRun()));
          racesLeft--;
        }
        case HELD -> {
          if (isMine(seen)) {
            return new Held(execution(id, seen.lockRun()), Optional.empty());
          } else if (stopping.isOf(seen.holder())) {
            stop(cluster, site, what, seen.holder());
            stopping.stopped(seen.holder(), site);
          } else {
            waited(cluster, site, seen.holder(), began, patience);
          }
        }
      }
      if (racesLeft == 0) {
        throw takenByOthers(cluster, site);
      }
    }
  }

  private static LockHeld takenByOthers(ClusterName cluster, SiteName site) {
    return new LockHeld(
        String.format(
            "%s at %s was taken by others %d times while it was asked for",
            cluster, site, LOST_RACES));
  }

  /** Waits a little, unless that holder was waited for long enough. */
  private static void waited(
      ClusterName cluster,
      SiteName site,
      Holder holder,
      long began,
      Function<String, Duration> patience) {
    long waited = Workflow.currentTimeMillis() - began;
    if (waited >= patience.apply(holder.what()).toMillis()) {
      throw held(cluster, site, holder);
    }
    Workflow.sleep(LOOK_AGAIN);
  }

  /** Returns when no open run holds the lock for this holder any more. */
  private static void stop(ClusterName cluster, SiteName site, String what, Holder holder) {
    String why = what + " of " + Workflow.getInfo().getWorkflowId() + " takes its lock over";
    String summary = holder.what() + " (" + holder.workflowId() + ")";
    activities(ActivityPolicies.OBSERVE, "ask " + summary + " to end")
        .ensureRunStopped(new StopRun(holder, why, false));
    long asked = Workflow.currentTimeMillis();
    while (holds(cluster, site, holder)) {
      if (Workflow.currentTimeMillis() - asked >= ENDS_WITHIN.toMillis()) {
        activities(ActivityPolicies.OBSERVE, "terminate " + summary)
            .ensureRunStopped(new StopRun(holder, why, true));
      }
      Workflow.sleep(CLOSES);
    }
  }

  private static boolean holds(ClusterName cluster, SiteName site, Holder holder) {
    LockObserved seen = look(cluster, site, ActivityPolicies.OBSERVE).get();
    return seen.state() == LockState.HELD && seen.holder().equals(holder);
  }

  /** The holders that are stopped instead of waited for. */
  public interface Stopping {
    /** Stops no holder. */
    Stopping NOBODY = new Nobody();

    /** Whether this holder is stopped. */
    boolean isOf(Holder holder);

    /** Called when the holder was stopped and its lock is free. */
    void stopped(Holder holder, SiteName site);
  }

  private static final class Nobody implements Stopping {
    @Override
    public boolean isOf(Holder holder) {
      return false;
    }

    @Override
    public void stopped(Holder holder, SiteName site) {}
  }

  /**
   * Begins to read the holder of the lock; does not wait.
   *
   * @param patience how long an answer is waited for
   */
  public static Promise<LockObserved> look(
      ClusterName cluster, SiteName site, ActivityPolicies patience) {
    return Async.function(
        activities(patience, "look at the lock of " + site)::observeLock,
        new ObserveLock(LockWorkflow.idOf(cluster, site)));
  }

  /** Whether the observing run holds it, or an earlier run of its reset. */
  public static boolean isMine(LockObserved seen) {
    return seen.holder().originalRun().equals(Workflow.getInfo().getOriginalExecutionRunId());
  }

  /**
   * Releases a lock of this run: a waiting run may take it from then on. Returns once the lock is
   * free.
   */
  public static void release(Held lock) {
    if (signalled(lock) && !closes(lock)) {
      awaitGone(lock.run());
    }
  }

  /** The same at the end of a run; waits at most ten seconds. */
  public static void leave(Held lock) {
    if (signalled(lock)) {
      closes(lock);
    }
  }

  /** Whether the lock was there. */
  private static boolean signalled(Held lock) {
    try {
      Workflow.newExternalWorkflowStub(LockWorkflow.class, lock.run()).release();
      return true;
    } catch (SignalExternalWorkflowException gone) {
      return false;
    }
  }

  /** Whether the lock is seen to close soon; false if another run of a reset started it. */
  private static boolean closes(Held lock) {
    return lock.closed().isPresent()
        && Workflow.await(CLOSES_WITHIN, lock.closed().get()::isCompleted);
  }

  private static void awaitGone(WorkflowExecution lock) {
    ObserveLock look = new ObserveLock(lock.getWorkflowId());
    while (activities(ActivityPolicies.OBSERVE, "look at the lock")
        .observeLock(look)
        .lockRun()
        .equals(lock.getRunId())) {
      Workflow.sleep(CLOSES);
    }
  }

  private static WorkflowExecution execution(String id, String run) {
    return WorkflowExecution.newBuilder().setWorkflowId(id).setRunId(run).build();
  }

  private static LockHeld held(ClusterName cluster, SiteName site, Holder holder) {
    return new LockHeld(
        String.format(
            "%s at %s is held by %s (workflow %s): `mooring follow %s` shows it",
            cluster, site, holder.what(), holder.workflowId(), holder.workflowId()));
  }

  private static Optional<Held> started(String id, Holder me) {
    LockWorkflow lock =
        Workflow.newChildWorkflowStub(
            LockWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(id)
                .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_TERMINATE)
                .setStaticSummary("held for " + me.what())
                .build());
    Promise<Void> closed = Async.procedure(lock::hold, me);
    try {
      return Optional.of(new Held(Workflow.getWorkflowExecution(lock).get(), Optional.of(closed)));
    } catch (ChildWorkflowFailure e) {
      if (e.getCause() instanceof WorkflowExecutionAlreadyStarted) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static RunActivities activities(ActivityPolicies patience, String summary) {
    return Workflow.newActivityStub(
        RunActivities.class, patience.options(ActivityPolicies.SHARED_QUEUE, summary));
  }
}
