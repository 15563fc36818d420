package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Hold;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.MemberWrites;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.publish.StuckArchiver;
import dev.mooring.runbook.publish.StuckArchiver.Marked;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * What Mooring and Patroni have in common after a promotion: nothing is undone, a step that fails
 * holds the run, and endpoints are pointed only at a member that is observed to accept writes.
 */
abstract class AfterPromotion {
  final Move move;
  final ObservedMembers observed;
  final Steps run;
  final PointEndpoints routing;
  final OtherWriters others;
  final MemberActs acts;
  final MemberWrites writes;
  final List<String> degraded = new ArrayList<>();
  final List<ProofRecord> proofs = new ArrayList<>();

  /**
   * @param endpoints the calls that point the endpoints at the new primary
   */
  AfterPromotion(Move move, ObservedMembers observed, Endpoints endpoints, Steps run) {
    this.move = move;
    this.observed = observed;
    this.run = run;
    this.routing = new PointEndpoints(move, observed.endpoints().seen(), run, endpoints);
    this.others = new OtherWriters(move.cluster(), run);
    this.acts = new MemberActs(move.cluster());
    this.writes = new MemberWrites(move.cluster());
  }

  /** What was promoted, as the beginning of a sentence. */
  abstract String promoted();

  /** Whether a step that failed is retried automatically. */
  abstract boolean looksAgain(SwitchoverStep step);

  /** What is less than wanted. */
  public final List<String> degraded() {
    List<String> all = new ArrayList<>(degraded);
    all.addAll(routing.degraded());
    return all;
  }

  /** What was proved. */
  public final List<ProofRecord> proofs() {
    List<ProofRecord> all = new ArrayList<>(proofs);
    all.addAll(routing.proofs());
    return all;
  }

  /** A cancellation of the run comes too late by now. */
  static void uninterruptibly(Runnable rest) {
    Workflow.newDetachedCancellationScope(rest).run();
  }

  /** Retries a step until it succeeds; while it fails the run holds. */
  final void forward(SwitchoverStep step, Runnable act) {
    run.forward(
        step,
        () ->
            run.untilDone(
                step,
                () ->
                    promoted()
                        + "; that can't be undone but by a move back"
                        + (step == SwitchoverStep.ROUTE ? ". " + routing.stands() : ""),
                () -> new Hold(looksAgain(step), ""),
                act));
  }

  /** Meanwhile another member may have been promoted or started, or the new primary stopped. */
  final void refuseUnlessWriter() {
    InstanceId to = move.to().id();
    if (!others.refuse(to, "is to have no clients beside it").writing().contains(to)) {
      throw RunbookStop.failed(
          FailureCode.NO_PRIMARY,
          to + " is not proved to accept writes, and the endpoints don't point at it");
    }
  }

  /**
   * Returns the standbys that follow. One that can't follow yet does not block the run; one that
   * accepts writes does.
   *
   * @param follow makes a standby follow, or waits until it does
   */
  final List<Instance> following(List<Instance> standbys, Consumer<Instance> follow) {
    SortedMap<InstanceId, TemporalFailure> failed = acts.onEach(standbys, follow);
    List<String> without = new ArrayList<>();
    failed.forEach((standby, failure) -> without.add(notFollowing(standby, failure)));
    degraded.addAll(without);
    return standbys.stream().filter(one -> !failed.containsKey(one.id())).toList();
  }

  private String notFollowing(InstanceId standby, TemporalFailure failure) {
    Explained why = Explained.unlessStopped(failure);
    if (why.code() == FailureCode.TWO_PRIMARIES) {
      throw RunbookStop.failed(why.code(), standby + " accepts writes too: " + why.sentence());
    }
    return String.format("%s does not follow %s: %s", standby, move.to().id(), why.sentence());
  }

  /**
   * Proves that the member rejects a write. A sibling that stopped since does not block the run;
   * the old primary and a member that accepts writes do.
   *
   * @param unseen takes the reason if there is no proof
   */
  final Optional<Fact> refusedAt(Call call, Instance other, List<String> unseen) {
    try {
      WriteRefused refused = writes.refused(call, other);
      return Optional.of(new Fact("refused_at_" + refused.instance(), refused.sqlState()));
    } catch (TemporalFailure e) {
      Explained why = Explained.unlessStopped(e);
      if (other.equals(move.from()) || why.code() == FailureCode.TWO_PRIMARIES) {
        throw e;
      }
      unseen.add(other.id() + " is not proved to reject writes: " + why.sentence());
      return Optional.empty();
    }
  }

  /**
   * The WAL file that the new primary's archiver fails at, marked as archived if its archive has
   * it: what a rewind brought would stop the archiver for good.
   *
   * @param unseen takes the reason if it is not marked
   */
  final Optional<Fact> archiverFreed(Call call, List<String> unseen) {
    Optional<Marked> marked =
        new StuckArchiver(move.cluster())
            .mark(call, move.to())
            .filter(one -> WalFileName.isOne(one.file()));
    marked.filter(one -> !one.isDone()).ifPresent(one -> unseen.add(one.inWords()));
    return marked
        .filter(Marked::isDone)
        .map(one -> new Fact("marked_archived", one.file() + ", which its archive has"));
  }
}
