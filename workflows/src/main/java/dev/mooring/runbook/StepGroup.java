package dev.mooring.runbook;

import dev.mooring.evidence.Receipt;
import java.util.List;

/**
 * Steps that belong together: what they proved and left stands in the receipt of whose run it is.
 */
public interface StepGroup {

  /** What was proved so far. */
  List<Receipt.ProofRecord> proofs();

  /** What is less than wanted so far, one sentence each. */
  List<String> degraded();
}
