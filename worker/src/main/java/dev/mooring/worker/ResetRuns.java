package dev.mooring.worker;

import dev.mooring.activities.host.HostFailures;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ForCall;
import dev.mooring.port.ReceiptActivities.EnsureReceipt;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.LockObserved;
import dev.mooring.port.RunActivities.LockState;
import dev.mooring.port.RunActivities.ObserveLock;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.failback.FailbackStep;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.Header;

/**
 * Makes sure that a run that was reset changes nothing without its lock. The lock ends with the run
 * it was taken for; a run that is reset after that has in its history that it took the lock,
 * believes it, and can't find out on its own, since a replayed run may do nothing new before the
 * point it was reset to. So its acts check the lock. Acts of a run that was never reset, which
 * carry its own run id, check nothing. A receipt is written all the same, so that the refusal is on
 * record. Acts that need no lock in a run that was never reset need none in a reset one: a
 * checkpoint of a first observation, and what a Failback tidies up before it takes the locks again.
 */
final class ResetRuns extends RequestGuard {
  private static final String CHECKPOINT = "EnsureCheckpointed";

  private final RunActivities runs;

  /**
   * @param runs reads the lock
   */
  ResetRuns(RunActivities runs) {
    this.runs = runs;
  }

  @Override
  void check(ForCall request, ActivityInfo activity, Header header) {
    Call call = request.call();
    boolean reset = !call.run().equals(activity.getWorkflowRunId());
    if (reset && needsLock(activity, call) && !(request instanceof EnsureReceipt)) {
      requireLock(call, activity);
    }
  }

  private static boolean needsLock(ActivityInfo activity, Call call) {
    String type = activity.getActivityType();
    boolean changesSomething = type.startsWith("Ensure") || type.startsWith("Revert");
    return changesSomething
        && !activity.getActivityTaskQueue().equals(ActivityPolicies.NOTICES_QUEUE)
        && !type.equals(CHECKPOINT)
        && !isTidyingUp(activity, call);
  }

  private static boolean isTidyingUp(ActivityInfo activity, Call call) {
    return activity.getWorkflowType().equals(Runbook.FAILBACK.type())
        && call.step().equals(FailbackStep.TIDY.name());
  }

  private void requireLock(Call call, ActivityInfo activity) {
    SiteName site = ActivityPolicies.siteOf(activity.getActivityTaskQueue());
    LockObserved lock = runs.observeLock(new ObserveLock(LockWorkflow.idOf(call.cluster(), site)));
    boolean mine = lock.holder().originalRun().equals(call.run());
    if (lock.state() != LockState.HELD || !mine) {
      throw HostFailures.of(
          FailureCode.LOCK_LOST,
          String.format(
              "%s at %s is %s, not by this run: it was reset after it had ended",
              call.cluster(),
              site,
              lock.state() == LockState.HELD
                  ? "held by " + lock.holder().workflowId()
                  : "locked by no run"),
          null);
    }
  }
}
