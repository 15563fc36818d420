package dev.mooring.runbook.failover;

import dev.mooring.evidence.Receipt.ProofRecord;
import java.util.List;

/** What is done once all was looked at under the locks. */
interface FailoverActs {

  /** Ends with the candidate as the primary, or throws with the way back taken; a headline. */
  String make();

  /** What was proved so far. */
  List<ProofRecord> proofs();

  /** What is less than wanted. */
  List<String> degraded();
}
