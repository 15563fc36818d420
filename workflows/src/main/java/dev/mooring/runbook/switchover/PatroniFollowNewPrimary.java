package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniMoved;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.members.MemberWrites;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.runbook.patroni.PatroniAuthority;
import dev.mooring.runbook.patroni.PatroniCalls;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that follows a move that Patroni made: Patroni lets the others follow, and Mooring sees that
 * they do, that the new leader accepts writes, and that nobody else does. Only forward.
 */
final class PatroniFollowNewPrimary {
  private static final Duration FOLLOWS_WITHIN = Duration.ofSeconds(60);

  private final Move move;
  private final List<Instance> there;
  private final PointEndpoints routing;
  private final OtherWriters others;
  private final PatroniCalls patroni;
  private final MemberWrites writes;
  private final Steps run;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private final List<String> degraded = new ArrayList<>();
  private final List<Instance> following = new ArrayList<>();

  /**
   * @param there the siblings that are waited for
   */
  PatroniFollowNewPrimary(
      Move move,
      List<Instance> there,
      PointEndpoints routing,
      OtherWriters others,
      PatroniCalls patroni,
      Steps run) {
    this.move = move;
    this.there = List.copyOf(there);
    this.routing = routing;
    this.others = others;
    this.patroni = patroni;
    this.writes = new MemberWrites(move.cluster());
    this.run = run;
  }

  List<ProofRecord> proofs() {
    List<ProofRecord> all = new ArrayList<>(proofs);
    all.addAll(routing.proofs());
    return all;
  }

  List<String> degraded() {
    List<String> all = new ArrayList<>(degraded);
    all.addAll(routing.degraded());
    return all;
  }

  /**
   * After a planned move.
   *
   * @param before what the old leader wrote on
   */
  void goOn(PatroniMoved moved, TimelineId before) {
    forward(SwitchoverStep.ROUTE, this::routed);
    forward(SwitchoverStep.REJOIN, this::oldFollows);
    forward(SwitchoverStep.FOLLOW, this::siblingsFollow);
    forward(SwitchoverStep.VERIFY, () -> verified(moved, before, List.of()));
  }

  /**
   * After one whose old leader is gone, or was seen to be stopped.
   *
   * @param ofOld what was seen of the old one since
   */
  void goOnWithoutOld(PatroniMoved moved, TimelineId before, Supplier<List<Fact>> ofOld) {
    forward(SwitchoverStep.FOLLOW, this::siblingsFollow);
    forward(SwitchoverStep.ROUTE, this::routed);
    forward(SwitchoverStep.VERIFY, () -> verified(moved, before, ofOld.get()));
  }

  /** What Patroni or a worker does by itself later is tried again by itself. */
  private void forward(SwitchoverStep step, Runnable act) {
    run.forward(
        step,
        () ->
            run.untilDone(
                step,
                () ->
                    String.format(
                        "Patroni let %s lead; that can't be undone but by a move back%s",
                        move.to().id(),
                        step == SwitchoverStep.ROUTE ? ". " + routing.stands() : ""),
                () -> new Hold(true, ""),
                act));
  }

  private void routed() {
    if (!move.policy().endpoints().isEmpty()) {
      requireWriter();
      routing.lead();
    }
  }

  private void requireWriter() {
    InstanceId to = move.to().id();
    if (!others.refuse(to, "is to have no clients beside it").writing().contains(to)) {
      throw RunbookStop.failed(
          FailureCode.NO_PRIMARY,
          to + " is not seen to accept writes, and clients are not led there");
    }
  }

  private void oldFollows() {
    MemberSeen seen = awaited(SwitchoverStep.REJOIN, move.from());
    new PatroniAuthority(move.cluster())
        .leave(run.call(SwitchoverStep.REJOIN), move.from(), move.to())
        .ifPresent(degraded::add);
    routing.lookAgain(SwitchoverStep.REJOIN);
    following.add(move.from());
    proofs.add(
        new ProofRecord(
            move.from().id() + ", afterwards",
            List.of(
                new Fact("state", seen.role() + ", " + seen.state()),
                new Fact("timeline", seen.timeline().toString()))));
  }

  private MemberSeen awaited(SwitchoverStep step, Instance member) {
    return patroni.follows(run.call(step), member.id(), "", FOLLOWS_WITHIN, move.to().site());
  }

  private record Outcome(Instance sibling, @Nullable RuntimeException failure) {}

  /** All at once; one that does not follow yet does not block the run. */
  private void siblingsFollow() {
    List<Promise<Outcome>> waits =
        there.stream()
            .map(
                sibling ->
                    Async.function(() -> awaited(SwitchoverStep.FOLLOW, sibling))
                        .handle((done, failure) -> new Outcome(sibling, failure)))
            .toList();
    for (Promise<Outcome> wait : waits) {
      Outcome outcome = wait.get();
      if (outcome.failure() == null) {
        following.add(outcome.sibling());
      } else if (outcome.failure() instanceof TemporalFailure failed) {
        degraded.add(
            String.format(
                "%s does not follow %s: %s",
                outcome.sibling().id(),
                move.to().id(),
                Explained.unlessStopped(failed).sentence()));
      } else {
        throw outcome.failure();
      }
    }
  }

  private void verified(PatroniMoved moved, TimelineId before, List<Fact> ofOld) {
    Call call = run.call(SwitchoverStep.VERIFY);
    List<Fact> facts = new ArrayList<>();
    WriteProved written = writes.proved(call, move.to());
    facts.add(new Fact("written", written.at() + " on timeline " + written.timeline()));
    if (!written.timeline().equals(moved.timeline())) {
      throw RunbookStop.failed(
          FailureCode.OUTCOME_UNKNOWN,
          String.format(
              "%s was seen to lead on timeline %s and writes on %s: it was moved since",
              move.to().id(), moved.timeline(), written.timeline()));
    }
    List<String> unseen = new ArrayList<>();
    if (moved.timeline().value() != before.value() + 1) {
      unseen.add(
          String.format(
              "timeline %s follows %s: one between them was used before",
              moved.timeline(), before));
    }
    others.refuse(move.to().id(), "must be the only one");
    ObservedPatroni now = patroni.observe(call, move.to().site());
    facts.add(
        new Fact(
            "leader_lock",
            now.lock().map(InstanceId::value).orElse("not seen: Patroni's store is silent")));
    for (Instance other : following) {
      refusedAt(call, other, unseen)
          .ifPresent(state -> facts.add(new Fact("refused_at_" + other.id(), state)));
    }
    facts.addAll(ofOld);
    degraded.addAll(unseen);
    proofs.add(new ProofRecord("writes", facts));
  }

  /**
   * A sibling that died since does not block the run; the old leader and one that accepts writes
   * do.
   */
  private Optional<String> refusedAt(Call call, Instance other, List<String> unseen) {
    try {
      return Optional.of(writes.refused(call, other).sqlState());
    } catch (TemporalFailure e) {
      Explained why = Explained.unlessStopped(e);
      if (other.equals(move.from()) || why.code() == FailureCode.TWO_PRIMARIES) {
        throw e;
      }
      unseen.add(other.id() + " was not seen to refuse a write: " + why.sentence());
      return Optional.empty();
    }
  }
}
