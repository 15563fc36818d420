package dev.mooring.runbook.checks;

import dev.mooring.runbook.Approval;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.LockSeen;
import dev.mooring.runbook.LockSeen.By;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunContext;
import java.time.Duration;
import java.util.List;

/**
 * What must hold of the run itself: no other run has a lock of the cluster, and its plan is
 * approved.
 */
public final class RunChecks {
  private static final String APPROVAL = "approval";
  private static final String LOCK = "lock";

  private RunChecks() {}

  /**
   * Who holds the locks before LOCK. It stands against no plan, because another run may be over by
   * then; what LOCK does while it is not is told.
   */
  public static List<CheckRow> before(List<LockSeen> locks) {
    return locks.stream().map(RunChecks::before).toList();
  }

  private static CheckRow before(LockSeen lock) {
    return CheckRow.wanted(
        lock.by() != By.NOT_SEEN && lock.by() != By.ANOTHER_RUN,
        LOCK,
        lock.site(),
        lock.holder(),
        "no other run that is open",
        lock.by() == By.NOT_SEEN
            ? "start a worker that reads it: LOCK needs one too"
            : ofHolder(lock));
  }

  private static String ofHolder(LockSeen lock) {
    Duration patience = RunContext.patienceWith(lock.what());
    return String.format(
        "`mooring follow %s` shows it: while it is open, LOCK %s",
        lock.workflowId(),
        patience.isZero()
            ? "refuses a move (LOCK_HELD)"
            : "waits for it, at most " + DurationText.of(patience));
  }

  /**
   * The holder once LOCK took them: the run does not act if it can't verify that it holds them
   * itself.
   */
  public static List<CheckRow> underLock(List<LockSeen> locks) {
    return locks.stream().map(RunChecks::underLock).toList();
  }

  private static CheckRow underLock(LockSeen lock) {
    return CheckRow.must(
        lock.by() == By.THIS_RUN,
        LOCK,
        lock.site(),
        lock.holder(),
        "this run",
        lock.by() == By.NOT_SEEN
            ? "start a worker that reads it, and plan again"
            : "the lock was lost: plan anew once no other run acts on the cluster");
  }

  /** Whether a row is of a lock. */
  public static boolean isOfLock(CheckRow row) {
    return row.id().equals(LOCK);
  }

  /**
   * What the request brings towards the approval of its plan. A plan that is not approved yet is no
   * fault: the run waits.
   *
   * @param plan the digest of the plan
   */
  public static CheckRow approval(Approval brings, String plan) {
    String asks = brings.by().isEmpty() ? "who asks" : brings.by();
    String digest = brings.digest();
    return CheckRow.wanted(
        digest.isEmpty() || Plan.isMeant(digest, plan),
        APPROVAL,
        "",
        given(brings, plan, asks),
        "by one person other than " + asks + ", or by its digest in the request",
        "read this plan, and run with its digest: APPROVE refuses another (PLAN_CHANGED)");
  }

  private static String given(Approval brings, String plan, String asks) {
    String digest = brings.digest();
    if (digest.isEmpty()) {
      return "none yet: a run waits for `mooring approve`, at most "
          + DurationText.of(brings.within());
    }
    return Plan.isMeant(digest, plan)
        ? "its digest, given by " + asks
        : "the digest of plan " + digest;
  }

  /**
   * Who approved the plan, once APPROVE is over.
   *
   * @param approvers by whom a plan of that very digest was approved
   */
  public static CheckRow approved(List<String> approvers) {
    return CheckRow.must(
        !approvers.isEmpty(),
        APPROVAL,
        "",
        approvers.isEmpty() ? "none" : "by " + String.join(", ", approvers),
        "there",
        "plan again, and have that plan approved");
  }
}
