package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.Receipt.ProofRecord;
import dev.mooring.port.Call;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import java.util.List;

/**
 * By what a primary is moved: acts of Mooring's own on the hosts, or Patroni that is told to. What
 * must hold, what is planned and what is done differ; that it is looked at, approved, locked and
 * looked at again does not.
 */
interface MoveMeans {

  /** Observes what must be known before the primary can be determined. */
  void look(Call call, ObservedMembers seen);

  /** Looks at what is around the members, once it is known who is to take whose role. */
  ObservedMembers lookAround(Call call, Move move, ObservedMembers seen);

  /**
   * All rows of what must hold.
   *
   * @param overrides rules that are broken by their names
   */
  List<CheckRow> checks(Move move, ObservedMembers seen, List<String> overrides);

  /** What a plan's digest covers. */
  List<String> objects(Move move, ObservedMembers seen);

  /** What is shown beside it. */
  List<Fact> measured(Move move, ObservedMembers seen, List<CheckRow> checks);

  /** How a person does the same without Mooring. */
  List<String> byHand(Move move);

  /** Makes the move; a headline. */
  String make(Move move, ObservedMembers seen);

  /** What was proved of both ends so far. */
  List<ProofRecord> proofs();

  /** What is less than wanted. */
  List<String> degraded();
}
