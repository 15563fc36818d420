package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.Undo;
import dev.mooring.runbook.members.Move;
import java.time.Duration;
import java.util.List;

/**
 * The demotion of the old primary: one act on its host fences it, stops it, and reads its shutdown
 * checkpoint. {@link FollowNewPrimary} starts it again as a standby.
 */
final class DemotePrimary {
  private final Move move;
  private final SwitchoverCalls ports;
  private final GiveWritesBack giveWritesBack;
  private final Steps run;

  DemotePrimary(Move move, SwitchoverCalls ports, GiveWritesBack giveWritesBack, Steps run) {
    this.move = move;
    this.ports = ports;
    this.giveWritesBack = giveWritesBack;
    this.run = run;
  }

  /**
   * Returns once it is proved stopped; a roll-back starts it again.
   *
   * @param limit how long its stop may take
   */
  HandedOver demote(Duration limit) {
    return run.step(
        SwitchoverStep.HAND_OVER,
        () -> ports.handOver(run.call(SwitchoverStep.HAND_OVER), move.from(), limit),
        Undo.by(giveWritesBack::take));
  }

  static ProofRecord proof(HandedOver end) {
    return new ProofRecord(
        end.instance().value(),
        List.of(
            new Fact("state", "shut down"),
            new Fact("system_identifier", end.system().toString()),
            new Fact("timeline", end.timeline().toString()),
            new Fact("shutdown_checkpoint", end.checkpoint().toString())));
  }
}
