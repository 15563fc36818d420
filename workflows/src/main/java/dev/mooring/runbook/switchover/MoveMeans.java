package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import java.util.List;

/**
 * How a primary is moved: by Mooring's own acts on the hosts, or by Patroni. The checks, the plan
 * and the acts differ; observing, approval and locks don't.
 */
interface MoveMeans {

  /** Observes what must be known before the primary can be determined. */
  void look(Call call, ObservedMembers seen);

  /** Observes the surroundings of the members, once the old and the new primary are known. */
  ObservedMembers lookAround(Call call, Move move, ObservedMembers seen);

  /**
   * All checks as rows.
   *
   * @param overrides rules that are overridden by name
   */
  List<CheckRow> checks(Move move, ObservedMembers seen, List<String> overrides);

  /** The plan lines that its digest covers. */
  List<String> objects(Move move, ObservedMembers seen);

  /** The measured facts of a plan, which its digest does not cover. */
  List<Fact> measured(Move move, ObservedMembers seen, List<CheckRow> checks);

  /** The procedure without Mooring. */
  List<String> byHand(Move move);

  /** Prepares the target; everything is undone if the run stops. */
  void prepare(Move move, ObservedMembers seen);

  /** Demotes the old primary and promotes the target, with the point of no return. */
  void promote(Move move, ObservedMembers seen);

  /** Makes standbys and endpoints follow the new primary, and verifies it; returns a headline. */
  String followNewPrimary(Move move);

  /** The proofs for the old and the new primary so far. */
  List<ProofRecord> proofs();

  List<String> degraded();
}
