package dev.mooring.runbook.resilver;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.Transactions;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.port.RoleActivities.Following;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.Verdict;
import dev.mooring.runbook.members.ActOrder;
import dev.mooring.runbook.members.CatchUp;
import dev.mooring.runbook.members.CopyActs;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.members.MemberWrites;
import dev.mooring.runbook.resilver.RejoinChoice.Rated;
import dev.mooring.runbook.resilver.RewindOrCopy.NotMade;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The acting half of Resilver, from the slots to the old directories. */
final class Rejoin {
  /** How long a try to write may take that is to be refused. */
  static final Duration REFUSES_WITHIN = Duration.ofSeconds(5);

  private static final Duration COMES_UP = Duration.ofMinutes(1);
  private static final Duration CATCHES_UP = Duration.ofHours(1);
  private static final String NONE = "none is needed";

  private final Cluster cluster;
  private final Steps run;
  private final RejoinChoice chosen;
  private final OwnCommands own;
  private final RewindOrCopy copying;
  private final MemberActs acts;
  private final CopyActs copies;
  private final CatchUp catchUp;
  private final List<String> made = new ArrayList<>();

  /** Those that apply WAL late, and stream once they have replayed what they have. */
  private List<InstanceFailure> late = List.of();

  private final List<String> degraded = new ArrayList<>();

  Rejoin(Cluster cluster, ActOrder order, Steps run, RejoinChoice chosen) {
    this.cluster = cluster;
    this.run = run;
    this.chosen = chosen;
    this.acts = new MemberActs(cluster, order);
    this.copies = new CopyActs(cluster, order);
    this.own = new OwnCommands(cluster, copies, run, chosen);
    this.copying = new RewindOrCopy(cluster, copies, chosen);
    this.catchUp = new CatchUp(cluster);
  }

  void resilver() {
    List<Rated> copied = copied();
    run.onlyForward(
        ResilverStep.REPLACE,
        () -> {
          replaceAndFollow(copied);
          streamAndTidy();
        });
  }

  /** The same up to where they follow, for a run that waits for them without its locks. */
  void start(Runnable started) {
    List<Rated> copied = copied();
    run.onlyForward(
        ResilverStep.REPLACE,
        () -> {
          replaceAndFollow(copied);
          started.run();
        });
  }

  private List<Rated> copied() {
    List<Rated> copied = chosen.on(RejoinMethod.BASE_BACKUP);
    List<Instance> stale = chosen.onStaleHosts();
    if (!stale.isEmpty()) {
      run.step(
          ResilverStep.AUTHORITY,
          () ->
              stale.forEach(
                  one ->
                      acts.nameNobody(run.call(ResilverStep.AUTHORITY), one, chosen.authority())),
          Undo.nothing(chosen.primary().id() + " accepts writes, and no instance there may"));
    }
    own.before();
    run.step(ResilverStep.SLOTS, this::slots, Undo.by(this::withoutSlots));
    run.step(
        ResilverStep.KEEP_WAL,
        this::keepWal,
        Undo.nothing("WAL that is kept aside disturbs nothing"));
    run.step(
        ResilverStep.COPY,
        () -> {
          run.note(ResilverStep.COPY, copied.isEmpty() ? NONE : names(copied));
          copying.copy(copied, run.call(ResilverStep.COPY));
        },
        Undo.by(() -> copying.revert(copied, run.call(ResilverStep.COPY))));
    return copied;
  }

  List<String> degraded() {
    return List.copyOf(degraded);
  }

  /** What it was made by in the end, or is to be. */
  RejoinMethod method(Rated one) {
    return copying.method(one);
  }

  /** A stop in the midst of it would leave hosts without a data directory of the right name. */
  private void replaceAndFollow(List<Rated> copied) {
    List<NotMade> failed = run.pivot(ResilverStep.REPLACE, () -> replace(copied));
    if (!failed.isEmpty()) {
      run.forward(ResilverStep.COPY_INSTEAD, () -> copyInstead(failed));
    }
    run.forward(ResilverStep.FOLLOW, this::follow);
  }

  /**
   * Waits without a lock until all are good standbys, and tidies up; refused where the primary was
   * moved meanwhile.
   *
   * @param within how long they may take to catch up before the run holds
   */
  void catchUp(Duration within) {
    Call call = run.call(ResilverStep.STREAMING);
    run.forward(
        ResilverStep.STREAMING,
        () ->
            RunContext.refuseUnless(
                run.untilDone(
                    ResilverStep.STREAMING,
                    Rejoin::stands,
                    () -> new Hold(true, ""),
                    () ->
                        CatchUp.inSpells(
                            within, () -> stillPrimary(call), atMost -> awaited(call, atMost)))));
    run.forward(
        ResilverStep.VERIFY,
        () -> {
          RunContext.refuseUnless(stillPrimary(run.call(ResilverStep.VERIFY)));
          verify();
        });
    run.forward(ResilverStep.TIDY, this::tidy);
    degraded.addAll(own.after());
  }

  /** Whether the primary is still the one that instances were made from. */
  private Verdict<InstanceId> stillPrimary(Call call) {
    StillPrimary still = new StillPrimary(chosen.answer(), chosen.hosts().roles(), call.run());
    MemberObservations looks = new MemberObservations(cluster);
    List<MemberObserved> members = looks.answers(call).members();
    return still.judge(members, MemberRoles.of(looks.rolesBySite(call)).roles());
  }

  private void streamAndTidy() {
    run.forward(ResilverStep.STREAMING, this::streaming);
    run.forward(ResilverStep.VERIFY, this::verify);
    run.forward(ResilverStep.TIDY, this::tidy);
    degraded.addAll(own.after());
  }

  /**
   * Standbys by what they stream from, where that runs already; those that the archive feeds alone
   * are not among them.
   */
  private SortedMap<InstanceId, List<Rated>> byUpstream() {
    SortedMap<InstanceId, List<Rated>> streams = new TreeMap<>();
    for (Rated one : chosen.all()) {
      upstreamOf(one)
          .filter(up -> !chosen.resilvers(up))
          .ifPresent(up -> streams.computeIfAbsent(up.id(), id -> new ArrayList<>()).add(one));
    }
    return streams;
  }

  private Optional<Instance> upstreamOf(Rated one) {
    return chosen.upstreams().of(one.instance());
  }

  private void slots() {
    byUpstream()
        .forEach(
            (upstream, standbys) ->
                made.addAll(
                    acts.slots(
                            ActivityPolicies.ENSURE,
                            run.call(ResilverStep.SLOTS),
                            chosen.members().instance(upstream),
                            standbys.stream().map(Rated::instance).map(cluster::slotName).toList(),
                            List.of())
                        .made()));
  }

  /**
   * A slot that is not used keeps WAL for ever: those that were not there before go again, also
   * where no answer said that they were made.
   */
  private void withoutSlots() {
    byUpstream()
        .forEach(
            (upstream, standbys) -> {
              List<String> added =
                  standbys.stream()
                      .map(s -> cluster.slotName(s.instance()))
                      .filter(name -> !chosen.hadSlot(upstream, name))
                      .toList();
              if (!added.isEmpty()) {
                acts.slots(
                    ActivityPolicies.UNDO,
                    run.call(ResilverStep.SLOTS),
                    chosen.members().instance(upstream),
                    List.of(),
                    added);
              }
            });
  }

  private void keepWal() {
    List<String> lost = new ArrayList<>();
    for (Rated one : chosen.all()) {
      if (one.choice().keep().isPresent()) {
        WalKept wal =
            copies.keepWal(
                run.call(ResilverStep.KEEP_WAL),
                one.instance(),
                one.choice().keep().get().from().stream().toList());
        chosen.proof(one, "WAL kept", wal.directory() + ", sealed by SHA-256 " + wal.digest());
        boolean onlyHere = RejoinMethodCheck.onlyItsOwn(one.choice().keep().get(), one.end());
        Transactions transactions = wal.transactions();
        String counted =
            transactions.commits() < 0
                ? "unknown, " + transactions.unlisted()
                : transactions.commits() + "";
        chosen.proof(
            one,
            onlyHere
                ? "transactions that only it has"
                : "transactions in all its WAL that is kept, the lost ones among them",
            counted);
        transactions
            .listed()
            .forEach(line -> chosen.proof(one, onlyHere ? "lost" : "may be lost", line));
        lost.add(one.instance().id() + ": transactions " + counted + " in " + wal.directory());
      }
    }
    run.note(
        ResilverStep.KEEP_WAL,
        lost.isEmpty() ? "none has any of its own" : String.join("; ", lost));
  }

  private List<NotMade> replace(List<Rated> copied) {
    Call call = run.call(ResilverStep.REPLACE);
    return run.untilDone(
        ResilverStep.REPLACE,
        Rejoin::stands,
        () -> {
          List<NotMade> failed = copying.rewind(chosen.on(RejoinMethod.REWIND), call);
          copying.place(copied, call);
          run.note(ResilverStep.REPLACE, replaced(copied, failed));
          failed.forEach(one -> chosen.proof(one.instance(), "no rewind", one.why()));
          return failed;
        });
  }

  private String replaced(List<Rated> copied, List<NotMade> failed) {
    List<Rated> made = new ArrayList<>(chosen.on(RejoinMethod.REWIND));
    made.addAll(copied);
    if (made.isEmpty()) {
      return NONE;
    }
    return failed.isEmpty() ? names(made) : RewindOrCopy.inWords(failed);
  }

  private static String names(List<Rated> instances) {
    return String.join(", ", instances.stream().map(one -> one.instance().id().value()).toList());
  }

  private void copyInstead(List<NotMade> failed) {
    Call call = run.call(ResilverStep.COPY_INSTEAD);
    degraded.addAll(
        run.untilDone(
            ResilverStep.COPY_INSTEAD, Rejoin::stands, () -> copying.copiedInstead(failed, call)));
  }

  private void follow() {
    Call call = run.call(ResilverStep.FOLLOW);
    run.untilDone(
        ResilverStep.FOLLOW,
        Rejoin::stands,
        () -> {
          for (Rated one : chosen.fromTheTop()) {
            slotOnResilvered(one, call);
            Following following = following(one, call);
            chosen.proof(one, "follows", String.join(", ", following.changed()));
          }
        });
  }

  /**
   * What was made anew has no slots: none is copied. It runs by now, and standbys that stream from
   * it wait.
   */
  private void slotOnResilvered(Rated one, Call call) {
    upstreamOf(one)
        .filter(chosen::resilvers)
        .ifPresent(
            up ->
                acts.slots(
                    ActivityPolicies.ENSURE,
                    call,
                    up,
                    List.of(cluster.slotName(one.instance())),
                    List.of()));
  }

  private Following following(Rated one, Call call) {
    Instance standby = one.instance();
    List<Instance> upstreams = upstreamOf(one).stream().toList();
    return acts.follow(ActivityPolicies.ENSURE, call, standby, upstreams);
  }

  private void streaming() {
    Call call = run.call(ResilverStep.STREAMING);
    run.untilDone(
        ResilverStep.STREAMING,
        Rejoin::stands,
        () -> {
          StandbysAwaited awaited = awaited(call, COMES_UP);
          if (!awaited.missing().isEmpty()) {
            startAgain(awaited.missing(), call);
            awaited = awaited(call, CATCHES_UP);
          }
          CatchUp.requireAll(awaited);
        });
  }

  private StandbysAwaited awaited(Call call, Duration atMost) {
    StandbysAwaited awaited =
        catchUp.await(
            call,
            chosen.primary(),
            chosen.fromTheTop().stream().map(Rated::instance).toList(),
            atMost,
            List.of());
    late = awaited.replayFirst();
    return awaited;
  }

  /**
   * One that died as it came up is down, and only this run starts it; nothing is changed of one
   * that runs. A host that is silent is waited for: its server may catch up all the same.
   */
  private void startAgain(List<InstanceFailure> behind, Call call) {
    for (Rated one : chosen.fromTheTop()) {
      if (behind.stream().noneMatch(each -> each.instance().equals(one.instance().id()))) {
        continue;
      }
      try {
        Following following = following(one, call);
        if (!following.changed().isEmpty()) {
          chosen.proof(one, "did not stream, so", String.join(", ", following.changed()));
        }
      } catch (TemporalFailure e) {
        if (!Explained.isHostSilent(e)) {
          throw e;
        }
      }
    }
  }

  private void verify() {
    Call call = run.call(ResilverStep.VERIFY);
    run.untilDone(
        ResilverStep.VERIFY,
        Rejoin::stands,
        () -> {
          for (Rated one : chosen.all()) {
            WriteRefused refused =
                new MemberWrites(cluster).refused(call, one.instance(), REFUSES_WITHIN);
            chosen.proof(one, "refuses writes", refused.sqlState() + " " + refused.words());
            late.stream()
                .filter(each -> each.instance().equals(one.instance().id()))
                .forEach(each -> chosen.proof(one, "replays first", each.message()));
          }
        });
  }

  /**
   * Old directories delay no step; one that takes long to remove is reported. Those of an instance
   * that only follows stay: no removal of its data was approved.
   */
  private void tidy() {
    for (Rated one : chosen.all()) {
      if (one.choice().method() == RejoinMethod.FOLLOW) {
        continue;
      }
      try {
        copying.tidy(one, run.call(ResilverStep.TIDY));
      } catch (TemporalFailure e) {
        degraded.add(
            String.format(
                "old directories of %s may be left on %s as %s.mooring-old-* and .mooring-removed:"
                    + " %s",
                one.instance().id(),
                one.instance().host(),
                one.instance().dataDirectory(),
                Explained.unlessStopped(e).sentence()));
      }
    }
  }

  private static String stands() {
    return "the primary is untouched; what was rewound or replaced does not come back, old"
        + " directories are kept beside the new ones";
  }
}
