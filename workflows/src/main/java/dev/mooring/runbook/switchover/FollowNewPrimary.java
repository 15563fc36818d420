package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.members.MemberWrites;
import dev.mooring.runbook.switchover.RoleChangeCommand.Role;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that follows the promotion: only forward, and held where it can't go on. */
final class FollowNewPrimary {
  private final Move move;
  private final SwitchoverCalls ports;
  private final Steps run;
  private final List<String> degraded = new ArrayList<>();
  private final List<ProofRecord> proofs = new ArrayList<>();
  private final PointEndpoints routing;
  private final OtherWriters others;
  private final MemberWrites writes;
  private final RoleChangeCommand change;
  private List<Instance> following = List.of();

  /** The old primary, unless it has what the new one lost. */
  private List<Instance> rejoining;

  /** Those that are led to the new primary, beside the old one. */
  private final List<Instance> siblings;

  /** The old primary, if a proof on its host keeps it stopped. */
  private final List<Instance> fenced;

  /** Whether ROUTE holds for a person's word, and not for something that may come back. */
  private boolean waitsForPerson;

  FollowNewPrimary(
      Move move, OtherWriters others, PointEndpoints routing, SwitchoverCalls ports, Steps run) {
    this(move, List.of(move.from()), move.siblings(), List.of(), others, routing, ports, run);
  }

  /**
   * What follows a promotion that nothing was handed over for: the old primary stays as it is.
   *
   * @param there those of its siblings that answer
   * @param fenced that old primary, if a proof on its host keeps it stopped
   */
  FollowNewPrimary(
      Move move,
      List<Instance> there,
      List<Instance> fenced,
      OtherWriters others,
      PointEndpoints routing,
      SwitchoverCalls ports,
      Steps run) {
    this(move, List.of(), there, fenced, others, routing, ports, run);
  }

  private FollowNewPrimary(
      Move move,
      List<Instance> rejoining,
      List<Instance> siblings,
      List<Instance> fenced,
      OtherWriters others,
      PointEndpoints routing,
      SwitchoverCalls ports,
      Steps run) {
    this.move = move;
    this.others = others;
    this.writes = new MemberWrites(move.cluster());
    this.routing = routing;
    this.ports = ports;
    this.run = run;
    this.change =
        new RoleChangeCommand(
            move.cluster(), move.to().id(), () -> run.call(SwitchoverStep.VERIFY));
    this.rejoining = rejoining;
    this.siblings = List.copyOf(siblings);
    this.fenced = List.copyOf(fenced);
  }

  List<String> degraded() {
    List<String> all = new ArrayList<>(degraded);
    all.addAll(routing.degraded());
    return all;
  }

  List<ProofRecord> proofs() {
    List<ProofRecord> all = new ArrayList<>(proofs);
    all.addAll(routing.proofs());
    return all;
  }

  void goOn(Outage.Promoted promoted) {
    forward(
        SwitchoverStep.ROUTE,
        () -> {
          tellLoss(promoted);
          refuseUnlessWriter();
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
            ports.follow(run.call(SwitchoverStep.REJOIN), move, move.from());
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
   * All that follows it where the old primary stays as it is. Others follow before clients come:
   * commits may wait for them.
   *
   * @param before what the old primary wrote on
   */
  void goOnWithoutOld(TimelineId before, TakenOver taken) {
    forward(SwitchoverStep.FOLLOW, this::siblingsFollow);
    forward(
        SwitchoverStep.ROUTE,
        () -> {
          refuseUnlessWriter();
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

  /** Never seen, and never gone by: a person is told before clients are led there. */
  private void tellLoss(Outage.Promoted promoted) {
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
        FailureCode.NOT_CAUGHT_UP, loss + "; a retry leads clients there all the same");
  }

  /** While it was held a person may have led clients elsewhere, and had reasons to. */
  private void refuseUnlessWriter() {
    if (!routing.isBegun()) {
      return;
    }
    InstanceId to = move.to().id();
    if (!others.refuse(to, "is to have no clients beside it").writing().contains(to)) {
      throw RunbookStop.failed(
          FailureCode.NO_PRIMARY,
          to + " is not seen to accept writes, and clients are not led there");
    }
  }

  /** Clients are without a primary until endpoints lead there: that is tried again by itself. */
  private void forward(SwitchoverStep step, Runnable act) {
    run.forward(
        step,
        () ->
            run.untilDone(
                step,
                () ->
                    move.to().id()
                        + " was promoted; that can't be undone but by a move back"
                        + (step == SwitchoverStep.ROUTE ? ". " + routing.stands() : ""),
                () -> new Hold(step == SwitchoverStep.ROUTE && !waitsForPerson, ""),
                act));
  }

  /**
   * All at once. A sibling that can't follow yet does not block the run; one that accepts writes
   * does.
   */
  private void siblingsFollow() {
    List<Promise<Outcome>> acts =
        siblings.stream()
            .map(
                sibling ->
                    Async.function(
                            () -> ports.follow(run.call(SwitchoverStep.FOLLOW), move, sibling))
                        .handle((done, failure) -> new Outcome(sibling, failure)))
            .toList();
    List<Outcome> outcomes = acts.stream().map(Promise::get).toList();
    List<String> without = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome.failure() != null) {
        without.add(notFollowing(outcome.sibling(), outcome.failure()));
      }
    }
    move.detached().stream()
        .map(
            standby ->
                standby.id()
                    + " was detached before the stop and is not waited for: see `mooring status`")
        .forEach(without::add);
    degraded.addAll(without);
    following =
        outcomes.stream()
            .filter(outcome -> outcome.failure() == null)
            .map(Outcome::sibling)
            .filter(sibling -> !move.detached().contains(sibling))
            .toList();
  }

  private record Outcome(Instance sibling, @Nullable RuntimeException failure) {}

  private String notFollowing(Instance sibling, RuntimeException failure) {
    if (!(failure instanceof TemporalFailure failed)) {
      throw failure;
    }
    Explained why = Explained.of(failed);
    if (why.code() == FailureCode.TWO_PRIMARIES) {
      throw RunbookStop.failed(why.code(), sibling.id() + " accepts writes too: " + why.sentence());
    }
    return String.format("%s does not follow %s: %s", sibling.id(), move.to().id(), why.sentence());
  }

  /**
   * One that the archive alone feeds may be given the new timeline late, and does not block the
   * run.
   */
  private void streaming(Lsn fork) {
    List<Instance> awaitedFor = new ArrayList<>(rejoining);
    awaitedFor.addAll(following);
    boolean streams = move.upstreamOf(move.from()).isPresent();
    StandbysAwaited awaited =
        ports.awaitStreaming(run.call(SwitchoverStep.STREAMING), move.to(), awaitedFor, fork);
    List<String> without = new ArrayList<>();
    for (var behind : awaited.behind()) {
      String sentence = behind.instance() + ": " + behind.message();
      if (streams && behind.instance().equals(move.from().id())) {
        throw RunbookStop.failed(behind.code(), sentence);
      }
      without.add(sentence);
    }
    degraded.addAll(without);
    run.note(SwitchoverStep.STREAMING, awaited.streaming() + " follow " + move.to().id());
  }

  private void verified(ArchivedTimeline archived) {
    List<Fact> facts = new ArrayList<>();
    List<String> unseen = new ArrayList<>();
    written(unseen).ifPresent(facts::add);
    synchronousAgain(unseen).ifPresent(facts::add);
    List<Instance> others = new ArrayList<>(rejoining);
    others.addAll(following);
    change.begin(Role.PRIMARY, List.of(move.to()));
    change.begin(Role.STANDBY, others);
    change.begin(Role.FENCED, fenced);
    for (Instance other : others) {
      refusedAt(other, unseen)
          .ifPresent(
              refused ->
                  facts.add(new Fact("refused_at_" + refused.instance(), refused.sqlState())));
    }
    archived.proved(unseen).ifPresent(facts::add);
    unseen.addAll(change.failed());
    degraded.addAll(unseen);
    proofs.add(new ProofRecord("writes", facts));
  }

  /** Where WAL was lost commits may wait for standbys that can't follow any more. */
  private Optional<Fact> written(List<String> unseen) {
    Call call = run.call(SwitchoverStep.VERIFY);
    Optional<WriteProved> written =
        rejoining.isEmpty() && !move.fromIsGone()
            ? writes.tried(
                call,
                move.to(),
                why -> unseen.add("a commit on " + move.to().id() + " did not end " + why))
            : Optional.of(writes.proved(call, move.to()));
    return written.map(seen -> new Fact("written", seen.at() + " on timeline " + seen.timeline()));
  }

  /** Of a cluster whose commits wait for standbys: for whom they wait on the new primary. */
  private Optional<Fact> synchronousAgain(List<String> unseen) {
    if (move.mustConfirm() == 0) {
      return Optional.empty();
    }
    Optional<List<String>> told =
        ports
            .senders(run.call(SwitchoverStep.VERIFY), move.to())
            .map(
                senders ->
                    senders.stream()
                        .filter(sender -> List.of("sync", "quorum").contains(sender.sync()))
                        .map(Sender::application)
                        .toList());
    String waitedFor = told.map(List::toString).orElse("not told");
    if (told.filter(names -> names.size() >= move.mustConfirm()).isEmpty()) {
      unseen.add(
          String.format(
              "commits on %s are to wait for %d of %s, and are seen to wait for: %s",
              move.to().id(), move.mustConfirm(), move.synchronousNames(), waitedFor));
    }
    return Optional.of(new Fact("commits_wait_for", waitedFor));
  }

  /**
   * A sibling that died since does not block the run; the old primary and one that accepts writes
   * do.
   */
  private Optional<WriteRefused> refusedAt(Instance other, List<String> unseen) {
    try {
      return Optional.of(writes.refused(run.call(SwitchoverStep.VERIFY), other));
    } catch (TemporalFailure e) {
      Explained why = Explained.unlessStopped(e);
      if (other.equals(move.from()) || why.code() == FailureCode.TWO_PRIMARIES) {
        throw e;
      }
      unseen.add(other.id() + " was not seen to refuse a write: " + why.sentence());
      return Optional.empty();
    }
  }

  private void cleanUp() {
    List<String> all = move.cluster().members().stream().map(Instance::replicationName).toList();
    List<String> used =
        move.standbys().stream()
            .filter(s -> move.upstreamOf(s).filter(move.from()::equals).isPresent())
            .map(Instance::replicationName)
            .toList();
    try {
      List<String> dropped =
          ports
              .setSlots(
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
