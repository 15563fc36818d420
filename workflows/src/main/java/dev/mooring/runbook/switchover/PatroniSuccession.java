package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.PatroniActivities.PatroniMoved;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Steps;
import dev.mooring.runbook.patroni.PatroniCalls;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.function.Supplier;

/** What a move through Patroni whose old leader is gone shares with a planned one. */
public final class PatroniSuccession {
  private final SwitchoverCalls ports;
  private final Steps run;
  private final PatroniFollowNewPrimary aftermath;

  /**
   * @param there standbys that answer, and are waited for
   * @param sight what was seen under the locks
   */
  public PatroniSuccession(
      Move move, List<Instance> there, ObservedMembers sight, PatroniCalls patroni, Steps run) {
    this.ports = new SwitchoverCalls(move.cluster());
    this.run = run;
    EndpointCalls endpoints = new EndpointCalls(move.cluster(), move.to().site());
    this.aftermath =
        new PatroniFollowNewPrimary(
            move,
            there,
            new PointEndpoints(move, sight.endpoints(), run, endpoints),
            new OtherWriters(ports, run),
            patroni,
            run);
  }

  /** Who is seen to accept writes now; one that takes long to answer is not waited for. */
  public List<InstanceId> writing() {
    return ports.writersAtOnce(run.call(SwitchoverStep.LAST_LOOK));
  }

  /**
   * All that follows the move; only forward.
   *
   * @param before what the old leader wrote on
   * @param ofOld looks at the old leader
   */
  public void goOn(PatroniMoved moved, TimelineId before, Supplier<List<Fact>> ofOld) {
    Workflow.newDetachedCancellationScope(() -> aftermath.goOnWithoutOld(moved, before, ofOld))
        .run();
  }

  /** What is less than wanted. */
  public List<String> degraded() {
    return aftermath.degraded();
  }

  /** What was proved. */
  public List<ProofRecord> proofs() {
    return aftermath.proofs();
  }
}
