package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.members.CatchUp;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.members.RoleChangeCommand;
import dev.mooring.topology.Instance;
import dev.mooring.topology.StreamingPolicy.Role;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The steps after the promotion: nothing is undone, and a step that fails holds the run. */
public final class FollowNewPrimary extends AfterPromotion {
  private static final Duration STREAMS_WITHIN = Duration.ofSeconds(60);

  private final SwitchoverCalls ports;
  private final RoleChangeCommand change;
  private List<Instance> following = List.of();

  /** The standbys that apply WAL late, and stream once they have replayed what they have. */
  private List<Fact> late = List.of();

  /** The old primary, unless it has WAL that the new primary lacks. */
  private List<Instance> rejoining;

  /** The standbys that are made to follow the new primary, without the old primary. */
  private final List<Instance> siblings;

  /** The old primary, if a proof on its host keeps it stopped. */
  private final List<Instance> fenced;

  /** Whether ROUTE waits for an operator, and not for something that may recover. */
  private boolean waitsForPerson;

  /**
   * After a planned move.
   *
   * @param observed what was observed under the locks
   */
  FollowNewPrimary(Move move, ObservedMembers observed, Steps run) {
    super(move, observed, new Endpoints(move.cluster()), run);
    this.ports = new SwitchoverCalls(move.cluster());
    this.change = change(move, run);
    this.rejoining = List.of(move.from());
    this.siblings = move.siblings();
    this.fenced = List.of();
  }

  /**
   * After a failover: the old primary stays as it is.
   *
   * @param there the siblings that answer
   * @param fenced the old primary, if a proof on its host keeps it stopped
   * @param observed what was observed under the locks
   */
  public FollowNewPrimary(
      Move move, List<Instance> there, List<Instance> fenced, ObservedMembers observed, Steps run) {
    super(move, observed, new Endpoints(move.cluster(), move.to().site()), run);
    this.ports = new SwitchoverCalls(move.cluster());
    this.change = change(move, run);
    this.rejoining = List.of();
    this.siblings = List.copyOf(there);
    this.fenced = List.copyOf(fenced);
  }

  private static RoleChangeCommand change(Move move, Steps run) {
    return new RoleChangeCommand(
        move.cluster(), move.to().id(), () -> run.call(SwitchoverStep.VERIFY));
  }

  @Override
  String promoted() {
    return move.to().id() + " was promoted";
  }

  /** Clients have no primary before ROUTE is done: it is retried, unless it waits for a person. */
  @Override
  boolean looksAgain(SwitchoverStep step) {
    return step == SwitchoverStep.ROUTE && !waitsForPerson;
  }

  /** All steps after a planned move; nothing is undone. */
  void goOn(Outage.Promoted promoted) {
    uninterruptibly(() -> goOnFrom(promoted));
  }

  private void goOnFrom(Outage.Promoted promoted) {
    forward(
        SwitchoverStep.ROUTE,
        () -> {
          reportLoss(promoted);
          refuseUnlessStillWriter();
          routing.route();
        });
    if (rejoining.isEmpty()) {
      degraded.add(
          String.format(
              "%s has what %s lost, and stays stopped and fenced; its WAL is kept aside first by"
                  + " `mooring resilver %s --instances %s`",
              move.from().id(), move.to().id(), move.cluster().name(), move.from().id()));
    } else {
      forward(
          SwitchoverStep.REJOIN,
          () -> {
            follow(SwitchoverStep.REJOIN, move.from());
            routing.lookAgain(SwitchoverStep.REJOIN);
          });
    }
    forward(SwitchoverStep.FOLLOW, this::siblingsFollow);
    ArchivedTimeline archived = archivedTimeline(promoted.before().timeline(), promoted.taken());
    forward(SwitchoverStep.STREAMING, () -> streaming(promoted.taken().fork()));
    forward(SwitchoverStep.VERIFY, () -> verified(archived));
    run.forward(
        SwitchoverStep.CLEAN_UP,
        () -> {
          routing.lookAgain(SwitchoverStep.CLEAN_UP);
          if (!rejoining.isEmpty()) {
            cleanUp();
          }
        });
  }

  /**
   * All steps after a failover; nothing is undone. Standbys follow before endpoints are switched:
   * commits may wait for them.
   *
   * @param before the timeline of the old primary
   */
  public void goOnWithoutOld(TimelineId before, TakenOver taken) {
    uninterruptibly(() -> goOnFrom(before, taken));
  }

  private void goOnFrom(TimelineId before, TakenOver taken) {
    forward(SwitchoverStep.FOLLOW, this::siblingsFollow);
    forward(
        SwitchoverStep.ROUTE,
        () -> {
          refuseUnlessStillWriter();
          routing.lead();
        });
    ArchivedTimeline archived = archivedTimeline(before, taken);
    if (!following.isEmpty()) {
      forward(SwitchoverStep.STREAMING, () -> streaming(taken.fork()));
    }
    forward(
        SwitchoverStep.VERIFY,
        () -> {
          routing.lookAgain(SwitchoverStep.VERIFY);
          verified(archived);
        });
  }

  private ArchivedTimeline archivedTimeline(TimelineId before, TakenOver taken) {
    return new ArchivedTimeline(move, run, before, taken);
  }

  /** Not seen in any test. An operator is notified before the endpoints are switched. */
  private void reportLoss(Outage.Promoted promoted) {
    waitsForPerson = !promoted.hasAll() && !rejoining.isEmpty();
    if (!waitsForPerson) {
      return;
    }
    rejoining = List.of();
    String loss =
        String.format(
            "%s left the old timeline at %s, and the last record of %s is at %s: transactions"
                + " between them are not on the new primary",
            move.to().id(),
            promoted.taken().fork(),
            move.from().id(),
            promoted.before().checkpoint());
    degraded.add(loss);
    throw RunbookStop.failed(
        FailureCode.NOT_CAUGHT_UP, loss + "; a retry points the endpoints at it all the same");
  }

  /** While the run held, a person may have pointed clients elsewhere for a reason. */
  private void refuseUnlessStillWriter() {
    if (routing.isBegun()) {
      refuseUnlessWriter();
    }
  }

  private void follow(SwitchoverStep step, Instance standby) {
    List<Instance> upstreams = move.upstreamOf(standby).stream().toList();
    acts.follow(ActivityPolicies.ENSURE, run.call(step), standby, upstreams);
  }

  private void siblingsFollow() {
    List<Instance> followed = following(siblings, one -> follow(SwitchoverStep.FOLLOW, one));
    move.detached().stream()
        .map(
            standby ->
                standby.id()
                    + " was detached before the stop and is not waited for: see `mooring status`")
        .forEach(degraded::add);
    following = followed.stream().filter(sibling -> !move.detached().contains(sibling)).toList();
  }

  /**
   * A standby that only the archive feeds may get the new timeline late, and does not block the
   * run.
   */
  private void streaming(Lsn fork) {
    List<Instance> awaitedFor = new ArrayList<>(rejoining);
    awaitedFor.addAll(following);
    boolean streams = move.upstreamOf(move.from()).isPresent();
    StandbysAwaited awaited =
        new CatchUp(move.cluster())
            .await(
                run.call(SwitchoverStep.STREAMING),
                move.to(),
                awaitedFor,
                STREAMS_WITHIN,
                List.of(fork));
    degraded.addAll(
        CatchUp.degraded(awaited, standby -> streams && standby.equals(move.from().id())));
    late =
        awaited.replayFirst().stream()
            .map(one -> new Fact("replays_first_" + one.instance(), one.message()))
            .toList();
    run.note(
        SwitchoverStep.STREAMING,
        awaited.streaming()
            + " follow "
            + move.to().id()
            + (late.isEmpty() ? "" : "; late on purpose and not waited for: " + awaited.late()));
  }

  private void verified(ArchivedTimeline archived) {
    List<Fact> facts = new ArrayList<>(late);
    List<String> unseen = new ArrayList<>();
    written(unseen).ifPresent(facts::add);
    synchronousAgain(unseen).ifPresent(facts::add);
    List<Instance> others = new ArrayList<>(rejoining);
    others.addAll(following);
    change.begin(Role.PRIMARY, List.of(move.to()));
    change.begin(Role.STANDBY, others);
    change.begin(Role.FENCED, fenced);
    for (Instance other : others) {
      refusedAt(run.call(SwitchoverStep.VERIFY), other, unseen).ifPresent(facts::add);
    }
    archived.proved(unseen).ifPresent(facts::add);
    archiverFreed(run.call(SwitchoverStep.VERIFY), unseen).ifPresent(facts::add);
    unseen.addAll(change.failed());
    degraded.addAll(unseen);
    proofs.add(new ProofRecord("writes", facts));
  }

  /** If WAL was lost, commits may wait for standbys that can't follow any more. */
  private Optional<Fact> written(List<String> unseen) {
    Call call = run.call(SwitchoverStep.VERIFY);
    Optional<WriteProved> written =
        rejoining.isEmpty() && !move.fromIsGone()
            ? writes.tried(
                call,
                move.to(),
                why -> unseen.add("a commit on " + move.to().id() + " did not end " + why))
            : Optional.of(writes.proved(call, move.to()));
    written.flatMap(WriteProved::trouble).ifPresent(unseen::add);
    return written.map(seen -> new Fact("written", seen.at() + " on timeline " + seen.timeline()));
  }

  /**
   * The standbys that commits on the new primary wait for; empty unless the cluster is synchronous.
   */
  private Optional<Fact> synchronousAgain(List<String> unseen) {
    if (move.mustConfirm() == 0) {
      return Optional.empty();
    }
    Optional<List<String>> reported =
        ports
            .senders(run.call(SwitchoverStep.VERIFY), move.to())
            .map(
                senders ->
                    senders.stream()
                        .filter(sender -> SynchronousCommits.counts(sender.sync()))
                        .map(Sender::application)
                        .toList());
    String waitedFor = reported.map(List::toString).orElse("not known");
    if (reported.filter(names -> names.size() >= move.mustConfirm()).isEmpty()) {
      unseen.add(
          String.format(
              "commits on %s are to wait for %d of %s, and wait for: %s",
              move.to().id(), move.mustConfirm(), move.synchronousNames(), waitedFor));
    }
    return Optional.of(new Fact("commits_wait_for", waitedFor));
  }

  private void cleanUp() {
    List<String> all = move.cluster().members().stream().map(move.cluster()::slotName).toList();
    List<String> used =
        move.standbys().stream()
            .filter(s -> move.upstreamOf(s).filter(move.from()::equals).isPresent())
            .map(move.cluster()::slotName)
            .toList();
    try {
      List<String> dropped =
          acts.slots(
                  ActivityPolicies.ENSURE_TO_ITS_END,
                  run.call(SwitchoverStep.CLEAN_UP),
                  move.from(),
                  used,
                  all.stream().filter(name -> !used.contains(name)).toList())
              .dropped();
      run.note(SwitchoverStep.CLEAN_UP, "dropped " + dropped);
    } catch (TemporalFailure e) {
      degraded.add(
          String.format(
              "slots on %s keep WAL still: %s", move.from().id(), Explained.of(e).sentence()));
    }
  }
}
