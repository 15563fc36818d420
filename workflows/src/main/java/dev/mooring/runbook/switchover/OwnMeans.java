package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.ForeignSlots;
import dev.mooring.runbook.checks.Preflight;
import dev.mooring.runbook.members.HandProcedure;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A move by scripts on the hosts: fence, stop, promote, and make the standbys follow. */
final class OwnMeans implements MoveMeans {
  private final SwitchoverCalls ports;
  private final Steps run;
  private @Nullable Outage outage;
  private @Nullable FollowNewPrimary following;
  private Outage.@Nullable Promoted promoted;

  /** What stays on the old primary and does harm there. */
  private List<String> left = List.of();

  OwnMeans(SwitchoverCalls ports, Steps run) {
    this.ports = ports;
    this.run = run;
  }

  @Override
  public void look(Call call, ObservedMembers seen) {
    // servers and hosts show which member is the primary
  }

  @Override
  public ObservedMembers lookAround(Call call, Move move, ObservedMembers seen) {
    return ports.lookAround(call, move, seen);
  }

  @Override
  public List<CheckRow> checks(Move move, ObservedMembers seen, List<String> overrides) {
    return Preflight.of(move, seen, overrides);
  }

  @Override
  public List<String> objects(Move move, ObservedMembers seen) {
    return SwitchoverPlan.objects(move, seen);
  }

  @Override
  public List<Fact> measured(Move move, ObservedMembers seen, List<CheckRow> checks) {
    return SwitchoverPlan.measured(move, seen, checks);
  }

  @Override
  public List<String> byHand(Move move) {
    return new HandProcedure(move).whole();
  }

  @Override
  public void prepare(Move move, ObservedMembers seen) {
    outage = new Outage(move, answered(seen), ports, run);
    following = new FollowNewPrimary(move, seen, run);
    new PrepareTarget(move, seen, run).prepare();
  }

  @Override
  public void promote(Move move, ObservedMembers seen) {
    promoted = prepared(outage).move();
    left = seen.member(move.from()).map(from -> new ForeignSlots(move, from).left()).orElse(left);
  }

  @Override
  public String followNewPrimary(Move move) {
    Outage.Promoted done = prepared(promoted);
    prepared(following).goOn(done);
    return prepared(outage).headline(done);
  }

  private static <T> T prepared(@Nullable T done) {
    return Objects.requireNonNull(done, "nothing was prepared yet");
  }

  private static List<InstanceId> answered(ObservedMembers seen) {
    return seen.members().stream().map(MemberObserved::instance).toList();
  }

  @Override
  public List<ProofRecord> proofs() {
    Outage doing = outage;
    FollowNewPrimary after = following;
    List<ProofRecord> proofs = new ArrayList<>();
    if (doing != null && after != null) {
      proofs.addAll(doing.proofs());
      proofs.addAll(after.proofs());
    }
    return proofs;
  }

  @Override
  public List<String> degraded() {
    Outage doing = outage;
    FollowNewPrimary after = following;
    List<String> degraded = new ArrayList<>();
    if (doing != null && after != null) {
      degraded.addAll(doing.degraded());
      degraded.addAll(after.degraded());
      degraded.addAll(left);
    }
    return degraded;
  }
}
