package dev.mooring.runbook.replication;

import dev.mooring.port.AccessActivities.AccessSet;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyPlaced;
import dev.mooring.port.CopyActivities.CopyState;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.replication.SetupCalls.Original;
import dev.mooring.runbook.replication.SetupPlan.MissingSlot;
import dev.mooring.runbook.replication.SetupPlan.Standbys;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The steps of a setup. What is set already is left out; what was done is kept for the result, by
 * the plan: an answer that says what an act changed may be lost with its worker, and the next one's
 * is that nothing was to do.
 */
final class SetUpReplication {
  private final SetupCalls calls;
  private final ConnectionsWait connections;
  private final RunbookRun run;
  private final SetupPlan plan;
  private final Standbys standbys;
  private final Original original;
  private final Instance primary;
  private final List<String> changed = new ArrayList<>();

  /** Standbys that may be in their places: each needs its slot, access and role from then on. */
  private final Set<InstanceId> placed = new TreeSet<>();

  private boolean leftToldOf;

  SetUpReplication(
      RunContext context, SetupCalls calls, SetupPlan plan, List<Elsewhere> elsewhere) {
    this.connections = new ConnectionsWait(context.cluster());
    this.calls = calls;
    this.run = context.run();
    this.plan = plan;
    this.standbys = plan.standbys();
    this.primary = plan.members().primary();
    this.original = new Original(primary, plan.members().primarySeen().system(), elsewhere);
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
    if (plan.role().lacking().isEmpty()) {
      return;
    }
    Undo undo =
        plan.role().isThere()
            ? Undo.nothing("a role that was there keeps the password it is to have")
            : unlessPlaced(
                () ->
                    calls.dropAccount(
                        ActivityPolicies.UNDO, primary, run.call(ReplicationStep.MAKE_ACCOUNT)));
    var made =
        run.step(
            ReplicationStep.MAKE_ACCOUNT,
            () -> calls.makeAccount(primary, run.call(ReplicationStep.MAKE_ACCOUNT)),
            undo);
    List<String> words = made.changed().isEmpty() ? plan.role().lacking() : made.changed();
    words.forEach(word -> changed.add(primary.id() + ": made the role's " + word));
  }

  /** What a standby in its place needs is not taken away under it. */
  private Undo unlessPlaced(Runnable act) {
    return Undo.by(
        () -> {
          if (placed.isEmpty()) {
            act.run();
          } else {
            tellLeft();
          }
        });
  }

  private void tellLeft() {
    if (!leftToldOf) {
      leftToldOf = true;
      run.leaves(
          "slots, access lines and role stay, for standbys that are in their places: "
              + String.join(", ", placed.stream().map(InstanceId::value).toList()));
    }
  }

  private void openAccess() {
    if (!plan.access().changes()) {
      return;
    }
    run.step(
            ReplicationStep.OPEN_ACCESS,
            () ->
                calls.setAccess(
                    List.of(primary), plan.access().lines(), run.call(ReplicationStep.OPEN_ACCESS)),
            unlessPlaced(
                () ->
                    calls.revertAccess(
                        primary, plan.access().before(), run.call(ReplicationStep.OPEN_ACCESS))))
        .forEach(this::tell);
  }

  private void tell(AccessSet set) {
    changed.add(set.instance() + ": access lines in " + set.file());
  }

  private void makeSlots() {
    if (plan.slots().missing().isEmpty()) {
      return;
    }
    run.step(
        ReplicationStep.MAKE_SLOTS,
        () -> {
          plan.slots().missing().forEach(this::makeSlot);
          return plan.slots().missing().size();
        },
        Undo.by(this::dropSlots));
  }

  private void makeSlot(MissingSlot slot) {
    List<String> name = List.of(slot.name());
    Call call = run.call(ReplicationStep.MAKE_SLOTS);
    if (slot.isThere()) {
      calls.slots(ActivityPolicies.ENSURE_TO_ITS_END, slot.sender(), List.of(), name, call);
    }
    calls.slots(ActivityPolicies.ENSURE_TO_ITS_END, slot.sender(), name, List.of(), call);
    changed.add(slot.sender().id() + ": made slot " + slot.name());
  }

  /** A slot that is not used keeps WAL until the disk is full. */
  private void dropSlots() {
    List<String> kept =
        standbys.able().stream()
            .filter(standby -> placed.contains(standby.id()))
            .map(Instance::replicationName)
            .toList();
    if (!kept.isEmpty()) {
      tellLeft();
    }
    plan.slots().missing().stream()
        .filter(slot -> !kept.contains(slot.name()))
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
    List<Instance> copied = standbys.copies().copied();
    if (copied.isEmpty()) {
      return;
    }
    run.step(
        ReplicationStep.BEGIN_COPIES,
        () -> calls.beginCopies(copied, original, run.call(ReplicationStep.BEGIN_COPIES)),
        Undo.by(() -> revert(copied)));
    run.observe(
        ReplicationStep.AWAIT_COPIES,
        () -> {
          List<CopyAwaited> ended =
              calls.awaitCopies(copied, original, run.call(ReplicationStep.AWAIT_COPIES));
          ended.stream()
              .filter(one -> one.state() != CopyState.DONE)
              .findFirst()
              .ifPresent(SetUpReplication::notCopied);
        });
    copied.forEach(standby -> placed.add(standby.id()));
    List<CopyPlaced> inPlace =
        run.step(
            ReplicationStep.PLACE_COPIES,
            () -> calls.placeCopies(copied, original, run.call(ReplicationStep.PLACE_COPIES)),
            Undo.nothing(
                "a base backup in its place has standby.signal: it is a standby or nothing"));
    inPlace.stream()
        .filter(one -> !one.old().isEmpty())
        .forEach(one -> changed.add(one.instance() + ": old data kept as " + one.old()));
    copied.forEach(standby -> changed.add(standby.id() + ": base backup of " + primary.id()));
    changed.addAll(standbys.copies().taken(primary.id()));
  }

  /** It is known then which of them came to their places. */
  private void revert(List<Instance> copied) {
    calls.revertCopies(copied, original, run.call(ReplicationStep.BEGIN_COPIES)).stream()
        .filter(one -> !one.placed())
        .forEach(one -> placed.remove(one.instance()));
  }

  private static void notCopied(CopyAwaited ended) {
    throw RunbookStop.failed(
        FailureCode.OUTCOME_UNKNOWN,
        String.format(
            "the base backup of %s ended %s: %s", ended.instance(), ended.state(), ended.words()));
  }

  private void follow() {
    if (standbys.following().isEmpty()) {
      return;
    }
    standbys.following().forEach(standby -> placed.add(standby.id()));
    run.step(
            ReplicationStep.FOLLOW,
            () -> calls.follow(standbys.following(), primary, run.call(ReplicationStep.FOLLOW)),
            Undo.nothing("a standby accepts no writes"))
        .forEach(
            one ->
                changed.add(
                    String.join(
                        ", ",
                        Stream.concat(
                                Stream.of(one.instance() + ": follows"), one.changed().stream())
                            .toList())));
  }

  /** Each of them may be the primary one day, and its own file goes with it. */
  private void openStandbys() {
    List<Instance> able = standbys.able();
    if (!able.isEmpty()) {
      run
          .step(
              ReplicationStep.OPEN_STANDBYS,
              () ->
                  calls.setAccess(
                      able, plan.access().lines(), run.call(ReplicationStep.OPEN_STANDBYS)),
              Undo.nothing("the lines let in the members of the cluster file alone"))
          .stream()
          .filter(AccessSet::changed)
          .forEach(this::tell);
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
      if (placed.isEmpty()) {
        throw e;
      }
      Deque<RuntimeException> first = new ArrayDeque<>(List.of(e));
      return run.untilDone(
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
    if (!standbys.anew().isEmpty()) {
      connections.until(standbys.reconnecting(), run.call(ReplicationStep.AWAIT_STREAMING));
    }
    StandbysAwaited awaited =
        calls.awaitStreaming(primary, standbys.able(), run.call(ReplicationStep.AWAIT_STREAMING));
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
      run.step(
          ReplicationStep.SET_SYNCHRONOUS,
          () -> calls.synchronous(primary, wanted, run.call(ReplicationStep.SET_SYNCHRONOUS)),
          Undo.by(
              () ->
                  calls.revertSynchronous(
                      primary,
                      SynchronousNames.on(plan.members().primarySeen()),
                      run.call(ReplicationStep.SET_SYNCHRONOUS))));
      changed.add(primary.id() + ": " + wanted.inWords());
    }
  }
}
