package dev.mooring.runbook.checks;

import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.runbook.Approval;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.LockSeen;
import dev.mooring.runbook.LockSeen.By;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.RunContext;
import dev.mooring.topology.Cluster;
import java.time.Duration;
import java.util.List;

/**
 * The checks of the run itself: no other run holds a lock of the cluster, and the plan is approved.
 */
public final class RunChecks {
  private static final String APPROVAL = "approval";
  private static final String LOCK = "lock";

  private RunChecks() {}

  /**
   * The lock holders before LOCK. They block no plan, because the other run may end before; the
   * remedy says what LOCK does until then.
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
   * The lock holders after LOCK: the run does nothing unless it verifies that it holds the locks.
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

  /**
   * A run that a watch starts needs that watch, and no pause: one that can't be read counts as a
   * pause, and a watch that was ended keeps none.
   */
  public static CheckRow watched(Cluster cluster, Observed<Monitoring> monitoring) {
    boolean watched = monitoring.match(Monitoring::watched, unseen -> true);
    return CheckRow.must(
        watched && !MonitoringLook.isPaused(monitoring),
        "automatic-pause",
        "",
        watched ? MonitoringLook.inWords(monitoring) : "no watch runs",
        "not paused, by the watch that asked for it",
        "start the watch, or end the pause: " + Commands.monitorOn(cluster.name()));
  }

  /** Whether the row is about a lock. */
  public static boolean isOfLock(CheckRow row) {
    return row.id().equals(LOCK);
  }

  /**
   * The approval that the request brings. A plan that is not approved yet is no error: the run
   * waits.
   *
   * @param plan the digest of the plan
   * @param signed whether only a signature approves
   */
  public static CheckRow approval(Approval brings, String plan, boolean signed) {
    String asks = brings.by().isEmpty() ? "who asks" : brings.by();
    String digest = brings.digest();
    boolean meant = Plan.isMeant(digest, plan);
    boolean two = brings.persons() > 1;
    return CheckRow.wanted(
        digest.isEmpty() || (meant && !signed && !two),
        APPROVAL,
        "",
        signed && meant
            ? "the digest pins the plan; `mooring approve` signs it"
            : given(brings, plan, asks),
        wanted(brings, meant, signed),
        meant && (signed || two)
            ? String.format(
                "%s with `mooring approve` once the run waits",
                signed ? "sign it" : "another person must approve it")
            : "read this plan, and run with its digest: APPROVE refuses another (PLAN_CHANGED)");
  }

  private static String wanted(Approval brings, boolean meant, boolean signed) {
    int persons = brings.persons();
    if (signed) {
      return persons == 1
          ? "signed by an approver of the cluster file"
          : String.format("signed by %d approvers of the cluster file", persons);
    }
    String by = brings.by();
    if (persons == 1) {
      return "by one person other than "
          + (by.isEmpty() ? "who asks" : by)
          + ", or by its digest in the request";
    }
    return meant
        ? "by " + by + ", by its digest, and by another person"
        : "by " + persons + " persons" + (by.isEmpty() ? "" : " other than " + by);
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
   * Who approved the plan, after APPROVE.
   *
   * @param approvers persons who approved a plan of that digest
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
