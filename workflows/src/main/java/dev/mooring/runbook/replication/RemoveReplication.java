package dev.mooring.runbook.replication;

import dev.mooring.port.AccountActivities.AccountDropped;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.replication.RemovalPlan.LinesAt;
import dev.mooring.runbook.replication.RemovalPlan.SlotsAt;
import dev.mooring.topology.Instance;
import io.temporal.workflow.CancellationScope;
import java.util.List;

/**
 * The steps of a removal. Commits stop waiting for a standby before anything of it is removed: else
 * the first commit after that would hang.
 *
 * <p>What was removed is what the plan saw there and what is no longer there: an answer that says
 * what an act changed may be lost with its worker, and the next one's is that nothing was to do.
 */
final class RemoveReplication {
  private final RunbookRun run;
  private final SetupCalls calls;
  private final MemberActs acts;
  private final RemovalPlan plan;
  private final SynchronousNames before;
  private final Instance primary;
  private final List<String> changed;
  private final List<String> degraded;

  /** Whether a standby may lack from now on what it needs to stream. */
  private boolean cutOff;

  /**
   * @param before the standbys that commits wait for now
   * @param changed takes each change once it is made, one sentence each: a run that ends midway
   *     reports those too
   * @param degraded takes what is less than wanted
   */
  RemoveReplication(
      RunContext context,
      SetupCalls calls,
      RemovalPlan plan,
      SynchronousNames before,
      List<String> changed,
      List<String> degraded) {
    this.run = context.run();
    this.calls = calls;
    this.acts = new MemberActs(context.cluster());
    this.plan = plan;
    this.before = before;
    this.primary = plan.primary();
    this.changed = changed;
    this.degraded = degraded;
    degraded.addAll(plan.reported());
  }

  /** Everything, in order. */
  void makeDone() {
    stopWaiting();
    dropSlots();
    closeAccess();
    if (plan.dropsAccount()) {
      dropAccount();
    }
  }

  private void stopWaiting() {
    for (SynchronousNames after : plan.commits()) {
      run.step(
          ReplicationStep.STOP_WAITING,
          () -> calls.synchronous(primary, after, run.call(ReplicationStep.STOP_WAITING)),
          Undo.by(() -> waitAgain(after)));
      changed.add(reported(after));
    }
  }

  /** Commits that wait for one that can't stream any more would hang. */
  private void waitAgain(SynchronousNames after) {
    if (cutOff) {
      run.stays(
          "synchronous_standby_names stays as it was set: what a standby needs to stream may be"
              + " gone");
      return;
    }
    calls.revertSynchronous(primary, before, run.call(ReplicationStep.STOP_WAITING));
    changed.remove(reported(after));
  }

  private String reported(SynchronousNames after) {
    return primary.id() + ": " + after.inWords();
  }

  private static String reported(LinesAt at) {
    return at.member().id() + ": access lines removed";
  }

  /** A stop that came before takes nothing away. */
  private void beginToCutOff() {
    CancellationScope.throwCanceled();
    cutOff = true;
  }

  private void dropSlots() {
    if (plan.slots().isEmpty()) {
      return;
    }
    run.step(
        ReplicationStep.DROP_SLOTS,
        () -> {
          beginToCutOff();
          return plan.slots().stream().map(this::dropped).toList();
        },
        Undo.nothing("what a slot kept may be gone at once"));
  }

  private SlotsSet dropped(SlotsAt at) {
    SlotsSet set =
        acts.slots(
            ActivityPolicies.ENSURE_TO_ITS_END,
            run.call(ReplicationStep.DROP_SLOTS),
            at.sender(),
            List.of(),
            at.names());
    for (String name : at.names()) {
      if (set.kept().contains(name)) {
        degraded.add("slot " + name + " of " + set.instance() + " is in use and stays");
      } else {
        changed.add(set.instance() + ": dropped slot " + name);
      }
    }
    return set;
  }

  private void closeAccess() {
    if (plan.lines().isEmpty()) {
      return;
    }
    run.step(
        ReplicationStep.CLOSE_ACCESS,
        () ->
            calls.setAccess(
                plan.lines().stream().map(LinesAt::member).toList(),
                plan.lines().get(0).after(),
                run.call(ReplicationStep.CLOSE_ACCESS)),
        Undo.by(
            () ->
                plan.lines()
                    .forEach(
                        at -> {
                          calls.revertAccess(
                              at.member(), at.before(), run.call(ReplicationStep.CLOSE_ACCESS));
                          changed.remove(reported(at));
                        })));
    plan.lines().forEach(at -> changed.add(reported(at)));
  }

  private void dropAccount() {
    run.step(
        ReplicationStep.DROP_ACCOUNT,
        () -> {
          Call call = run.call(ReplicationStep.DROP_ACCOUNT);
          boolean there = !calls.account(primary, call).role().isEmpty();
          beginToCutOff();
          AccountDropped dropped =
              calls.dropAccount(ActivityPolicies.ENSURE_TO_ITS_END, primary, call);
          report(dropped, there);
        },
        Undo.nothing("a role without members is made anew by a setup"));
  }

  /** Whose answer was lost finds it gone: it was there before. */
  private void report(AccountDropped dropped, boolean there) {
    String reported = primary.id() + ": dropped the role";
    switch (dropped.dropped()) {
      case DROPPED -> changed.add(reported);
      case NOT_OURS -> degraded.add("the role was not made by Mooring and stays");
      case GONE -> {
        if (there) {
          changed.add(reported);
        } else {
          run.note(ReplicationStep.DROP_ACCOUNT, "it is not there");
        }
      }
    }
  }
}
