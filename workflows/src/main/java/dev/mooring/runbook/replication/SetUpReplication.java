package dev.mooring.runbook.replication;

import dev.mooring.port.AccessActivities.AccessSet;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyLimits;
import dev.mooring.port.CopyActivities.CopyPlaced;
import dev.mooring.port.CopyActivities.CopyState;
import dev.mooring.port.CopyActivities.Source;
import dev.mooring.port.CopyActivities.Way;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.RoleActivities.Following;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.ActOrder;
import dev.mooring.runbook.members.CatchUp;
import dev.mooring.runbook.members.CopyActs;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.replication.SetupPlan.MissingSlot;
import dev.mooring.runbook.replication.SetupPlan.Standbys;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.Upstreams;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The steps of a setup. What is set already is left out; what was done is kept for the result, by
 * the plan: an answer that says what an act changed may be lost with its worker, and the next one's
 * is that nothing was to do.
 */
final class SetUpReplication {
  /** A standby that was just made replays what was written meanwhile. */
  static final Duration STREAMS_WITHIN = Duration.ofMinutes(2);

  private final Cluster cluster;
  private final StreamingPolicy.Resilver limits;
  private final SetupCalls calls;
  private final MemberActs acts;
  private final CopyActs copies;
  private final ConnectionsWait connections;
  private final RunbookRun run;
  private final SetupPlan plan;
  private final Standbys standbys;
  private final List<Elsewhere> elsewhere;
  private final Instance primary;
  private final List<String> changed = new ArrayList<>();

  /** Standbys that may be in their places: each needs its slot, access and role from then on. */
  private final Set<InstanceId> placed = new TreeSet<>();

  /**
   * @param elsewhere where the primary has its tablespaces
   */
  SetUpReplication(
      RunContext context,
      SetupCalls calls,
      ActOrder order,
      SetupPlan plan,
      List<Elsewhere> elsewhere) {
    this.cluster = context.cluster();
    this.limits = cluster.streaming().orElseThrow().resilver();
    this.connections = new ConnectionsWait(cluster);
    this.calls = calls;
    this.acts = new MemberActs(cluster, order);
    this.copies = new CopyActs(cluster, order);
    this.run = context.run();
    this.plan = plan;
    this.standbys = plan.standbys();
    this.primary = plan.members().primary();
    this.elsewhere = List.copyOf(elsewhere);
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
            reportLeft();
          }
        });
  }

  private void reportLeft() {
    run.stays(
        "slots, access lines and role stay, for standbys that are in their places: "
            + String.join(", ", placed.stream().map(InstanceId::value).toList()));
  }

  private void openAccess() {
    if (!plan.access().changes()) {
      return;
    }
    run.step(
            ReplicationStep.OPEN_ACCESS,
            () -> {
              Call call = run.call(ReplicationStep.OPEN_ACCESS);
              List<AccessSet> set = calls.setAccess(List.of(primary), plan.access().lines(), call);
              SetupCheck.accessUnparsed(primary.id(), calls.account(primary, call))
                  .ifPresent(
                      why -> {
                        throw RunbookStop.failed(FailureCode.HOST_REFUSED, why);
                      });
              return set;
            },
            unlessPlaced(
                () ->
                    calls.revertAccess(
                        primary, plan.access().before(), run.call(ReplicationStep.OPEN_ACCESS))))
        .forEach(this::report);
  }

  private void report(AccessSet set) {
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
      acts.slots(ActivityPolicies.ENSURE_TO_ITS_END, call, slot.sender(), List.of(), name);
    }
    acts.slots(ActivityPolicies.ENSURE_TO_ITS_END, call, slot.sender(), name, List.of());
    changed.add(slot.sender().id() + ": made slot " + slot.name());
  }

  /** A slot that is not used keeps WAL until the disk is full. */
  private void dropSlots() {
    List<String> kept =
        standbys.able().stream()
            .filter(standby -> placed.contains(standby.id()))
            .map(cluster::slotName)
            .toList();
    if (!kept.isEmpty()) {
      reportLeft();
    }
    plan.slots().missing().stream()
        .filter(slot -> !kept.contains(slot.name()))
        .forEach(
            slot ->
                acts.slots(
                    ActivityPolicies.UNDO,
                    run.call(ReplicationStep.MAKE_SLOTS),
                    slot.sender(),
                    List.of(),
                    List.of(slot.name())));
  }

  private void copy() {
    List<Instance> copied = standbys.copies().copied();
    if (copied.isEmpty()) {
      return;
    }
    run.step(
        ReplicationStep.BEGIN_COPIES,
        () ->
            onEach(
                copied,
                ReplicationStep.BEGIN_COPIES,
                copy -> copies.begin(ActivityPolicies.ENSURE_TO_ITS_END, copy)),
        Undo.by(() -> revert(copied)));
    run.observe(
        ReplicationStep.AWAIT_COPIES,
        () -> {
          List<CopyAwaited> ended =
              onEach(
                  copied,
                  ReplicationStep.AWAIT_COPIES,
                  copy -> copies.await(copy, limits.timeout()));
          ended.stream()
              .filter(one -> one.state() != CopyState.DONE)
              .findFirst()
              .ifPresent(SetUpReplication::notCopied);
        });
    copied.forEach(standby -> placed.add(standby.id()));
    placeCopies(copied);
    changed.addAll(standbys.copies().taken(primary.id()));
  }

  private void placeCopies(List<Instance> copied) {
    List<CopyPlaced> inPlace =
        run.step(
            ReplicationStep.PLACE_COPIES,
            () ->
                onEach(
                    copied,
                    ReplicationStep.PLACE_COPIES,
                    copy -> copies.place(ActivityPolicies.ENSURE_TO_ITS_END, copy)),
            Undo.nothing(
                "a base backup in its place has standby.signal: it is a standby or nothing"));
    inPlace.stream()
        .filter(one -> !one.old().isEmpty())
        .forEach(one -> changed.add(one.instance() + ": old data kept as " + one.old()));
    copied.forEach(standby -> changed.add(standby.id() + ": base backup of " + primary.id()));
  }

  /** Acts on the base backup of each at once, one after another on each host. */
  private <R> List<R> onEach(List<Instance> copied, ReplicationStep step, Function<Copy, R> act) {
    return FanOut.onEach(copied, standby -> act.apply(backup(standby, step)));
  }

  /** Other data than the primary's in its directory is not its own. */
  private Copy backup(Instance standby, ReplicationStep step) {
    return copies
        .copy(
            run.call(step),
            Way.BASE_BACKUP,
            standby,
            upstream(standby, Source.APPLICATION),
            elsewhere,
            new CopyLimits(limits.bytesPerSecond(), limits.timeout(), true))
        .ownOnlyOf(plan.members().primarySeen().system());
  }

  /** What a standby, or its copy, streams from; one that the archive feeds has no slot there. */
  private Upstream upstream(Instance standby, String application) {
    Instance sender = Upstreams.of(cluster, primary).of(standby).orElse(primary);
    String slot = streams(standby) ? cluster.slotName(standby) : "";
    return acts.upstream(sender, application, slot);
  }

  private static boolean streams(Instance standby) {
    return !standby.upstream().equals(Instance.ARCHIVE);
  }

  /** It is known then which of them came to their places. */
  private void revert(List<Instance> copied) {
    onEach(copied, ReplicationStep.BEGIN_COPIES, copies::revert).stream()
        .filter(one -> !one.placed())
        .forEach(one -> placed.remove(one.instance()));
    if (copied.stream().map(Instance::id).anyMatch(placed::contains)) {
      reportLeft();
    }
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
            () -> FanOut.onEach(standbys.following(), this::follow),
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

  private Following follow(Instance standby) {
    List<Upstream> from =
        streams(standby) ? List.of(upstream(standby, cluster.applicationName(standby))) : List.of();
    return acts.connect(
        ActivityPolicies.ENSURE_TO_ITS_END, run.call(ReplicationStep.FOLLOW), standby, from);
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
          .forEach(this::report);
    }
  }

  private void awaitStreaming() {
    run.observe(ReplicationStep.AWAIT_STREAMING, this::streamingOrHeld);
  }

  /**
   * A standby in its place catches up automatically: a person decides, and nothing is taken away.
   */
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
        new CatchUp(cluster)
            .await(
                run.call(ReplicationStep.AWAIT_STREAMING),
                primary,
                standbys.able(),
                STREAMS_WITHIN,
                List.of());
    FanOut.failOn(awaited.missing());
    FanOut.failOn(
        awaited.replayFirst().stream()
            .filter(one -> plan.commitsNeed(cluster, one.instance(), awaited.streaming()))
            .toList());
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
