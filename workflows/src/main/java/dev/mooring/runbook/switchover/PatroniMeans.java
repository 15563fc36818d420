package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.PatroniActivities.LockTimes;
import dev.mooring.port.PatroniActivities.PatroniMoved;
import dev.mooring.port.PatroniActivities.PatroniSettings;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.checks.PatroniChecks;
import dev.mooring.runbook.checks.Preflight;
import dev.mooring.runbook.checks.StreamingRows;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.patroni.ObservedPatroni;
import dev.mooring.runbook.patroni.PatroniAuthority;
import dev.mooring.runbook.patroni.PatroniCalls;
import dev.mooring.runbook.patroni.PatroniHandProcedure;
import dev.mooring.runbook.patroni.PatroniMove;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A move by Patroni: it stops its leader cleanly, promotes the target and makes the standbys
 * follow. Mooring checks before, verifies after, and points the endpoints that do not ask Patroni
 * themselves at the new leader.
 */
final class PatroniMeans implements MoveMeans {
  private final PatroniCalls patroni;
  private final Steps run;
  private final Cluster cluster;
  private final List<ProofRecord> proofs = new ArrayList<>();
  private @Nullable ObservedPatroni observed;
  private @Nullable PatroniFollowNewPrimary following;
  private @Nullable PatroniMoved moved;
  private @Nullable TimelineId before;
  private String took = "";

  PatroniMeans(Cluster cluster, Steps run) {
    this.cluster = cluster;
    this.patroni = new PatroniCalls(cluster);
    this.run = run;
  }

  private ObservedPatroni observed() {
    return Objects.requireNonNull(observed, "nothing was observed yet");
  }

  /** If the store is silent no member stays the leader for long, and the message says why. */
  @Override
  public void look(Call call, ObservedMembers seen) {
    ObservedPatroni now = patroni.observe(call, cluster.policies().publish().site());
    observed = now;
    boolean nobody = seen.members().stream().allMatch(one -> one.standing().inRecovery());
    if (nobody && now.storeSilent().isPresent()) {
      throw RunbookStop.refused(
          FailureCode.PATRONI_STORE_SILENT,
          String.format(
              "no member of %s accepts writes, and Patroni promotes none while its store is silent:"
                  + " %s",
              cluster.name(), now.storeSilent().get().message()));
    }
  }

  @Override
  public ObservedMembers lookAround(Call call, Move move, ObservedMembers seen) {
    return seen;
  }

  @Override
  public List<CheckRow> checks(Move move, ObservedMembers seen, List<String> overrides) {
    List<CheckRow> rows = new ArrayList<>(Preflight.whereDriven(move, seen, overrides));
    rows.addAll(PatroniChecks.ofSwitchover(move, seen, observed(), overrides));
    return rows;
  }

  @Override
  public List<String> objects(Move move, ObservedMembers seen) {
    List<String> objects = new ArrayList<>();
    move.cluster().members().stream()
        .flatMap(member -> seen.member(member).stream())
        .map(one -> object(move, one))
        .forEach(objects::add);
    objects.add(
        String.format(
            "Patroni of scope %s moves its leader from %s to %s (/switchover)",
            observed().policy().scope(), move.from().id(), move.to().id()));
    observed().settings().map(PatroniMeans::inWords).ifPresent(objects::add);
    objects.add(
        "the authority of " + move.to().id() + "'s host allows its promotion, and names it");
    for (Endpoint endpoint : move.policy().endpoints()) {
      objects.add("endpoint " + endpoint.name() + " will point at " + move.to().id());
    }
    objects.add(
        String.format(
            "limits: lag %d bytes, moved within %s",
            move.policy().replication().limits().lagBytes(), DurationText.of(within(move))));
    return objects;
  }

  private static String object(Move move, MemberObserved seen) {
    return String.format(
        "%s: %s, system %s, timeline %s, becomes %s%s",
        seen.instance(),
        seen.standing().inRecovery() ? "standby" : "leader",
        seen.system(),
        seen.standing().timeline(),
        seen.instance().equals(move.to().id())
            ? "leader"
            : "standby, follows when Patroni configures it",
        seen.standing().inRecovery() ? StreamingRows.lateInWords(seen) : "");
  }

  private static String inWords(PatroniSettings settings) {
    LockTimes times = settings.times();
    return String.format(
        "Patroni's settings: ttl %s, loop_wait %s, retry_timeout %s, synchronous_mode %s",
        DurationText.of(times.ttl()),
        DurationText.of(times.loopWait()),
        DurationText.of(times.retryTimeout()),
        settings.synchronous().name().toLowerCase(Locale.ROOT));
  }

  /** The time limit for Patroni: the outage budget, or until its lock expires if that is longer. */
  private Duration within(Move move) {
    Duration budget = move.policy().switchover().outageBudget();
    Duration lock =
        observed()
            .settings()
            .map(s -> s.times().ttl().plus(s.times().loopWait()))
            .orElse(Duration.ZERO);
    return lock.compareTo(budget) > 0 ? lock : budget;
  }

  @Override
  public List<Fact> measured(Move move, ObservedMembers seen, List<CheckRow> checks) {
    List<Fact> facts = new ArrayList<>();
    facts.add(
        new Fact(
            "expected outage",
            "Patroni's: an orderly stop of "
                + move.from().id()
                + ", and a promotion in its next round; PgBouncer is not paused"));
    facts.addAll(CheckRows.facts(checks));
    return facts;
  }

  @Override
  public List<String> byHand(Move move) {
    return new PatroniHandProcedure(move, observed().policy()).switchover();
  }

  @Override
  public void prepare(Move move, ObservedMembers seen) {
    OtherWriters others = new OtherWriters(cluster, run);
    following = new PatroniFollowNewPrimary(move, seen, patroni, run);
    run.observe(
        SwitchoverStep.LAST_LOOK, () -> others.refuse(move.from().id(), "is not moved beside it"));
  }

  @Override
  public void promote(Move move, ObservedMembers seen) {
    MemberObserved from = seen.member(move.from()).orElseThrow();
    before = from.standing().timeline();
    proofs.add(before(from));
    long began = Workflow.currentTimeMillis();
    PatroniMoved done = moved(move);
    moved = done;
    took = Workflow.currentTimeMillis() - began + " ms";
    proofs.add(leads(move, done, took));
  }

  @Override
  public String followNewPrimary(Move move) {
    PatroniMoved done = Objects.requireNonNull(moved, "nothing was promoted yet");
    Objects.requireNonNull(following).goOn(done, Objects.requireNonNull(before));
    return String.format(
        "%s is the leader on timeline %s, %s follows it; Patroni took %s",
        move.to().id(), done.timeline(), move.from().id(), took);
  }

  private static ProofRecord before(MemberObserved from) {
    return new ProofRecord(
        from.instance().value(),
        List.of(
            new Fact("state", "leader of Patroni, by its own word and by the lock"),
            new Fact("system_identifier", from.system().toString()),
            new Fact("timeline", from.standing().timeline().toString()),
            new Fact("seen_at", from.standing().received().toString())));
  }

  /** Claims only what was observed; the end of the old leader was not. */
  private static ProofRecord leads(Move move, PatroniMoved moved, String took) {
    return new ProofRecord(
        move.to().id().value(),
        List.of(
            new Fact("state", "leader of Patroni"),
            new Fact("timeline", moved.timeline().toString()),
            new Fact("seen_to_lead_after", took),
            new Fact(
                "lost",
                "nothing, if Patroni stopped "
                    + move.from().id()
                    + " in an orderly way: that rests on Patroni, Mooring did not read its last"
                    + " record")));
  }

  private PatroniMoved moved(Move move) {
    LockTimes times = observed().settings().orElseThrow().times();
    PatroniMoved moved =
        new PatroniMove(
                patroni, new PatroniAuthority(cluster), run, SwitchoverStep.TAKE_OVER, times)
            .switchOver(move.from(), move.to(), within(move));
    run.note(
        SwitchoverStep.TAKE_OVER,
        String.format("%s is the leader on timeline %s", moved.leader(), moved.timeline()));
    return moved;
  }

  @Override
  public List<ProofRecord> proofs() {
    PatroniFollowNewPrimary after = following;
    List<ProofRecord> all = new ArrayList<>(proofs);
    if (after != null) {
      all.addAll(after.proofs());
    }
    return all;
  }

  @Override
  public List<String> degraded() {
    PatroniFollowNewPrimary after = following;
    return after == null ? List.of() : after.degraded();
  }
}
