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
import org.jspecify.annotations.Nullable;

/** A move by scripts on the hosts: fence, stop, promote, and make the standbys follow. */
final class OwnMeans implements MoveMeans {
  private final SwitchoverCalls ports;
  private final Steps run;
  private @Nullable Outage outage;
  private @Nullable FollowNewPrimary following;

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
  public String make(Move move, ObservedMembers seen) {
    Outage doing = new Outage(move, answered(seen), ports, run);
    FollowNewPrimary after = new FollowNewPrimary(move, seen, run);
    outage = doing;
    following = after;
    new PrepareTarget(move, seen, run).prepare();
    Outage.Promoted promoted = doing.move();
    left = seen.member(move.from()).map(from -> new ForeignSlots(move, from).left()).orElse(left);
    after.goOn(promoted);
    return doing.headline(promoted);
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
