package dev.mooring.runbook;

import dev.mooring.evidence.Receipt;
import java.util.List;

/** Steps that belong together: what they proved and left is in the receipt of their run. */
public interface StepGroup {

  /** What was proved so far. */
  List<Receipt.ProofRecord> proofs();

  /** What is less than wanted so far, one sentence each. */
  List<String> degraded();
}
