package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.MemberSeen;
import dev.mooring.port.PatroniActivities.PatroniMoved;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.Links;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.runbook.patroni.PatroniAuthority;
import dev.mooring.runbook.patroni.PatroniCalls;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The steps after a move by Patroni. Patroni makes the standbys follow. Mooring verifies that they
 * do, that the new leader accepts writes, and that no other member does. Nothing is undone.
 */
public final class PatroniFollowNewPrimary extends AfterPromotion {
  private static final Duration FOLLOWS_WITHIN = Duration.ofSeconds(60);

  private final List<Instance> there;
  private final List<Instance> ahead;
  private final PatroniCalls patroni;
  private final List<Instance> following = new ArrayList<>();

  /**
   * After a planned move.
   *
   * @param observed what was observed under the locks
   */
  PatroniFollowNewPrimary(Move move, ObservedMembers observed, PatroniCalls patroni, Steps run) {
    super(move, observed, new Endpoints(move.cluster()), run);
    this.there = move.siblings();
    this.ahead = List.of();
    this.patroni = patroni;
  }

  /**
   * After a failover.
   *
   * @param there the siblings that answer, and are waited for
   * @param ahead those past the fork: they don't follow by themselves, however late they apply WAL
   * @param observed what was observed under the locks
   */
  public PatroniFollowNewPrimary(
      Move move,
      List<Instance> there,
      List<Instance> ahead,
      ObservedMembers observed,
      PatroniCalls patroni,
      Steps run) {
    super(move, observed, new Endpoints(move.cluster(), move.to().site()), run);
    this.there = List.copyOf(there);
    this.ahead = List.copyOf(ahead);
    this.patroni = patroni;
  }

  @Override
  String promoted() {
    return "Patroni let " + move.to().id() + " lead";
  }

  /** What Patroni or a worker does later is retried automatically. */
  @Override
  boolean looksAgain(SwitchoverStep step) {
    return true;
  }

  /**
   * After a planned move.
   *
   * @param before the timeline of the old leader
   */
  void goOn(PatroniMoved moved, TimelineId before) {
    uninterruptibly(
        () -> {
          forward(SwitchoverStep.ROUTE, this::routed);
          forward(SwitchoverStep.REJOIN, this::oldFollows);
          forward(SwitchoverStep.FOLLOW, this::siblingsFollow);
          forward(SwitchoverStep.VERIFY, () -> verified(moved, before, List.of()));
        });
  }

  /**
   * After a failover whose old leader is gone or stopped.
   *
   * @param ofOld what was observed of the old leader since
   */
  public void goOnWithoutOld(PatroniMoved moved, TimelineId before, Supplier<List<Fact>> ofOld) {
    uninterruptibly(
        () -> {
          forward(SwitchoverStep.FOLLOW, this::siblingsFollow);
          forward(SwitchoverStep.ROUTE, this::routed);
          forward(SwitchoverStep.VERIFY, () -> verified(moved, before, ofOld.get()));
        });
  }

  private void routed() {
    if (!move.policy().endpoints().isEmpty()) {
      refuseUnlessWriter();
      routing.lead();
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

  private void siblingsFollow() {
    following.addAll(following(there, this::follows));
  }

  /** One that applies WAL late shows the new timeline after that, and so do those below it. */
  private void follows(Instance one) {
    List<MemberObserved> standbys = new Links(move.cluster(), observed.members()).standbysTo(one);
    Optional<String> late =
        standbys.stream()
            .flatMap(seen -> seen.applyDelay().stream())
            .findFirst()
            .filter(
                delay ->
                    ahead.stream()
                        .flatMap(past -> observed.member(past).stream())
                        .noneMatch(standbys::contains));
    if (late.isEmpty()) {
      awaited(SwitchoverStep.FOLLOW, one);
    } else {
      Fact fact = new Fact("replays_first_" + one.id(), late.get() + " late, not waited for");
      proofs.add(new ProofRecord(one.id().value(), List.of(fact)));
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
              "%s was the leader on timeline %s and accepts writes on %s: it was moved since",
              move.to().id(), moved.timeline(), written.timeline()));
    }
    List<String> unseen = new ArrayList<>(written.trouble().stream().toList());
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
            now.lock().map(InstanceId::value).orElse("unknown: Patroni's store is silent")));
    for (Instance other : following) {
      refusedAt(call, other, unseen).ifPresent(facts::add);
    }
    archiverFreed(call, unseen).ifPresent(facts::add);
    facts.addAll(ofOld);
    degraded.addAll(unseen);
    proofs.add(new ProofRecord("writes", facts));
  }
}
