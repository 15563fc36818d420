package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.Steps;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What a move whose old primary is gone shares with a planned one: how the candidate is made ready,
 * that nobody writes beside it, and all that follows its promotion. Fence and promotion are the
 * caller's.
 */
public final class Succession {
  private final Move move;
  private final List<Instance> there;
  private final SwitchoverCalls ports;
  private final Steps run;
  private final PrepareTarget preparation;
  private final FollowNewPrimary aftermath;

  /**
   * @param there standbys that answer, and follow the candidate
   * @param fenced the old primary, if a proof on its host keeps it stopped
   * @param sight what was seen under the locks
   */
  public Succession(
      Move move, List<Instance> there, List<Instance> fenced, ObservedMembers sight, Steps run) {
    this.move = move;
    this.there = List.copyOf(there);
    this.ports = new SwitchoverCalls(move.cluster());
    this.run = run;
    EndpointCalls endpoints = new EndpointCalls(move.cluster(), move.to().site());
    this.preparation = new PrepareTarget(move, sight, ports, run);
    this.aftermath =
        new FollowNewPrimary(
            move,
            this.there,
            fenced,
            new OtherWriters(ports, run),
            new PointEndpoints(move, sight.endpoints(), run, endpoints),
            ports,
            run);
  }

  /**
   * What a person types who does it without Mooring.
   *
   * @param hostAnswers whether the old primary's host does
   */
  public static List<String> byHand(Move move, boolean hostAnswers) {
    return new HandProcedure(move).withoutOld(hostAnswers);
  }

  /**
   * What a person types who starts a stopped primary without Mooring.
   *
   * @param timeline it is on
   */
  public static List<String> startByHand(Cluster cluster, Instance primary, TimelineId timeline) {
    return HandProcedure.start(cluster, primary, timeline);
  }

  /** Slots for those that will stream from it, and nobody to wait for who can't confirm. */
  public void prepare() {
    preparation.prepareTarget(
        there.stream()
            .filter(standby -> move.upstreamOf(standby).filter(move.to()::equals).isPresent())
            .map(Instance::replicationName)
            .toList(),
        move.synchronousNamesAmong(there));
  }

  /** Who is seen to accept writes now; one that takes long to answer is not waited for. */
  public List<InstanceId> writing() {
    return writing(move.cluster().members());
  }

  private List<InstanceId> writing(List<Instance> asked) {
    return ports.writersAtOnce(run.call(SwitchoverStep.LAST_LOOK), asked);
  }

  /**
   * Fails where anybody accepts writes: somebody promoted or started it.
   *
   * @param asked all members but those whose hosts are seen to be off
   * @param also what else is looked at in that step, at the same time
   * @param held makes sure of what must hold last of all; true where that took long enough for the
   *     looks to be of the past
   */
  public List<InstanceId> nobodyWrites(List<Instance> asked, Runnable also, BooleanSupplier held) {
    return run.observe(
        SwitchoverStep.LAST_LOOK,
        () -> {
          List<InstanceId> writers;
          do {
            writers = nobodyWrites(asked, also);
          } while (held.getAsBoolean());
          return writers;
        });
  }

  private List<InstanceId> nobodyWrites(List<Instance> asked, Runnable also) {
    Promise<Void> beside = Async.procedure(also::run);
    List<InstanceId> writers = writing(asked);
    if (!writers.isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.TWO_PRIMARIES,
          String.format(
              "%s accepts writes by now, and %s must not be promoted beside it",
              writers, move.to().id()));
    }
    beside.get();
    return writers;
  }

  /**
   * All that follows the promotion; only forward.
   *
   * @param before what the old primary wrote on
   */
  public void goOn(TimelineId before, TakenOver taken) {
    Workflow.newDetachedCancellationScope(() -> aftermath.goOnWithoutOld(before, taken)).run();
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
