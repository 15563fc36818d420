package dev.mooring.runbook.replication;

import dev.mooring.port.AccessActivities.AccessSet;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyPlaced;
import dev.mooring.port.CopyActivities.CopyReverted;
import dev.mooring.port.CopyActivities.CopyState;
import dev.mooring.port.CopyActivities.Elsewhere;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.RoleActivities.SynchronousSet;
import dev.mooring.runbook.Deciding;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.replication.SetupPlan.MissingSlot;
import dev.mooring.topology.Instance;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The steps of a setup. Whatever is so already is left out; what was done is kept for the result.
 */
final class SettingUp {
  /** Runs that began before took slots, access lines and role away under their standbys. */
  private static final String KEEPS = "keeps-what-standbys-need";

  private final SetupCalls calls;
  private final Deciding<ReplicationStep> deciding;
  private final RunbookRun<ReplicationStep> run;
  private final SetupPlan plan;
  private final List<Elsewhere> elsewhere;
  private final Instance primary;
  private final List<String> changed = new ArrayList<>();

  /** Whether a standby may be in its place: it needs its slot, access and role from then on. */
  private boolean placed;

  private boolean leftToldOf;

  SettingUp(
      RunContext<ReplicationStep> context,
      SetupCalls calls,
      SetupPlan plan,
      List<Elsewhere> elsewhere) {
    this.deciding = context.deciding();
    this.calls = calls;
    this.run = context.run();
    this.plan = plan;
    this.elsewhere = List.copyOf(elsewhere);
    this.primary = plan.members().primary();
  }

  /** Everything, in order; what was changed, one sentence each. */
  List<String> done() {
    makeAccount();
    openAccess();
    makeSlots();
    copy();
    follow();
    openStandbys();
    awaitStreaming();
    setSynchronous();
    return changed;
  }

  private void makeAccount() {
    if (plan.account().isEmpty()) {
      return;
    }
    Undo undo =
        plan.makesRole()
            ? unlessPlaced(
                () ->
                    calls.dropAccount(
                        ActivityPolicies.UNDO, primary, run.call(ReplicationStep.MAKE_ACCOUNT)))
            : Undo.nothing("a role that was there keeps the password it is to have");
    var made =
        run.step(
            ReplicationStep.MAKE_ACCOUNT,
            () -> calls.makeAccount(primary, run.call(ReplicationStep.MAKE_ACCOUNT)),
            undo);
    made.changed().forEach(word -> changed.add(primary.id() + ": made the role's " + word));
  }

  /** What a standby in its place needs is not taken away under it. */
  private Undo unlessPlaced(Runnable act) {
    return Undo.by(
        () -> {
          if (!placed || Workflow.getVersion(KEEPS, Workflow.DEFAULT_VERSION, 1) != 1) {
            act.run();
          } else if (!leftToldOf) {
            leftToldOf = true;
            run.leaves("slots, access lines and role stay, for standbys that are in their places");
          }
        });
  }

  private void openAccess() {
    if (!plan.changesAccess()) {
      return;
    }
    List<AccessSet> set =
        run.step(
            ReplicationStep.OPEN_ACCESS,
            () ->
                calls.setAccess(
                    List.of(primary), plan.lines(), run.call(ReplicationStep.OPEN_ACCESS)),
            unlessPlaced(
                () ->
                    calls.revertAccess(
                        primary, plan.linesBefore(), run.call(ReplicationStep.OPEN_ACCESS))));
    tell(set);
  }

  private void tell(List<AccessSet> set) {
    set.stream()
        .filter(AccessSet::changed)
        .forEach(one -> changed.add(one.instance() + ": access lines in " + one.file()));
  }

  private void makeSlots() {
    if (plan.slots().isEmpty()) {
      return;
    }
    run.step(
        ReplicationStep.MAKE_SLOTS,
        () -> {
          for (MissingSlot slot : plan.slots()) {
            calls
                .slots(
                    ActivityPolicies.ENSURE_TO_ITS_END,
                    slot.sender(),
                    List.of(slot.name()),
                    List.of(),
                    run.call(ReplicationStep.MAKE_SLOTS))
                .made()
                .forEach(name -> changed.add(slot.sender().id() + ": made slot " + name));
          }
          return plan.slots().size();
        },
        unlessPlaced(this::dropSlots));
  }

  private void dropSlots() {
    plan.slots()
        .forEach(
            slot ->
                calls.slots(
                    ActivityPolicies.UNDO,
                    slot.sender(),
                    List.of(),
                    List.of(slot.name()),
                    run.call(ReplicationStep.MAKE_SLOTS)));
  }

  private void copy() {
    List<Instance> copied = plan.copied();
    if (copied.isEmpty()) {
      return;
    }
    run.step(
        ReplicationStep.BEGIN_COPIES,
        () -> calls.beginCopies(copied, primary, elsewhere, run.call(ReplicationStep.BEGIN_COPIES)),
        Undo.by(() -> revert(copied)));
    run.observe(
        ReplicationStep.AWAIT_COPIES,
        () -> {
          List<CopyAwaited> ended =
              calls.awaitCopies(copied, primary, elsewhere, run.call(ReplicationStep.AWAIT_COPIES));
          ended.stream()
              .filter(one -> one.state() != CopyState.DONE)
              .findFirst()
              .ifPresent(SettingUp::notCopied);
          return ended;
        });
    placed = true;
    List<CopyPlaced> inPlace =
        run.step(
            ReplicationStep.PLACE_COPIES,
            () ->
                calls.placeCopies(
                    copied, primary, elsewhere, run.call(ReplicationStep.PLACE_COPIES)),
            Undo.nothing(
                "a base backup in its place has standby.signal: it is a standby or nothing"));
    inPlace.stream()
        .filter(one -> !one.old().isEmpty())
        .forEach(one -> changed.add(one.instance() + ": old data kept as " + one.old()));
    copied.forEach(standby -> changed.add(standby.id() + ": base backup of " + primary.id()));
  }

  /** It is known then which of them came to their places. */
  private void revert(List<Instance> copied) {
    List<CopyReverted> reverted =
        calls.revertCopies(copied, primary, elsewhere, run.call(ReplicationStep.BEGIN_COPIES));
    placed &= !copied.equals(plan.following()) || reverted.stream().anyMatch(CopyReverted::placed);
  }

  private static void notCopied(CopyAwaited ended) {
    throw RunbookStop.failed(
        FailureCode.OUTCOME_UNKNOWN,
        String.format(
            "the base backup of %s ended %s: %s", ended.instance(), ended.state(), ended.words()));
  }

  private void follow() {
    if (plan.following().isEmpty()) {
      return;
    }
    placed = true;
    run
        .step(
            ReplicationStep.FOLLOW,
            () -> calls.follow(plan.following(), primary, run.call(ReplicationStep.FOLLOW)),
            Undo.nothing("a standby takes no writes"))
        .stream()
        .filter(one -> !one.changed().isEmpty())
        .forEach(
            one -> changed.add(one.instance() + ": follows, " + String.join(", ", one.changed())));
  }

  /** Each of them may be the primary one day, and its own file goes with it. */
  private void openStandbys() {
    List<Instance> standbys = plan.able();
    if (!standbys.isEmpty()) {
      tell(
          run.step(
              ReplicationStep.OPEN_STANDBYS,
              () ->
                  calls.setAccess(standbys, plan.lines(), run.call(ReplicationStep.OPEN_STANDBYS)),
              Undo.nothing("the lines let in the members of the cluster file alone")));
    }
  }

  private void awaitStreaming() {
    run.observe(ReplicationStep.AWAIT_STREAMING, this::streamingOrHeld);
  }

  /** A standby in its place catches up by itself: a person decides, and nothing is taken away. */
  private StandbysAwaited streamingOrHeld() {
    try {
      return streaming();
    } catch (RunbookStop | TemporalFailure e) {
      placed &= Workflow.getVersion(KEEPS, Workflow.DEFAULT_VERSION, 1) == 1;
      if (!placed) {
        throw e;
      }
      Deque<RuntimeException> first = new ArrayDeque<>(List.of(e));
      return deciding.untilDone(
          ReplicationStep.AWAIT_STREAMING,
          this::stands,
          () -> {
            if (!first.isEmpty()) {
              throw first.pop();
            }
            return streaming();
          });
    }
  }

  private StandbysAwaited streaming() {
    StandbysAwaited awaited =
        calls.awaitStreaming(primary, plan.able(), run.call(ReplicationStep.AWAIT_STREAMING));
    FanOut.failOn(awaited.behind());
    return awaited;
  }

  private String stands() {
    return primary.id()
        + " is untouched and the standbys are in their places, and go on to catch up by themselves;"
        + " their slots, access lines and role stay also when this is given up";
  }

  private void setSynchronous() {
    for (SynchronousNames wanted : plan.commits()) {
      SynchronousSet set =
          run.step(
              ReplicationStep.SET_SYNCHRONOUS,
              () -> calls.synchronous(primary, wanted, run.call(ReplicationStep.SET_SYNCHRONOUS)),
              Undo.by(
                  () ->
                      calls.revertSynchronous(
                          primary,
                          SynchronousNames.on(plan.members().primarySeen()),
                          run.call(ReplicationStep.SET_SYNCHRONOUS))));
      if (set.changed()) {
        changed.add(primary.id() + ": " + wanted.inWords());
      }
    }
  }
}
