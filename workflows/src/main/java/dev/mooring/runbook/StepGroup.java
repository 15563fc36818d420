package dev.mooring.runbook;

import dev.mooring.evidence.Receipt;
import java.util.List;

/** Steps that belong together; the run's receipt has their proofs and degraded facts. */
public interface StepGroup {

  /** The proofs so far. */
  List<Receipt.ProofRecord> proofs();

  /** The degraded facts so far, one sentence each. */
  List<String> degraded();
}
