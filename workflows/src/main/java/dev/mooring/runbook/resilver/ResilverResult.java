package dev.mooring.runbook.resilver;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.RunResult;
import java.util.List;

/**
 * What a completed Resilver answers.
 *
 * @param outcome Completed; {@code planned} for one that only looked
 * @param headline one sentence
 * @param degraded what is less than wanted, one sentence each
 * @param proof per instance what was done and seen
 * @param steps each step, with its state at the end of the run
 */
public record ResilverResult(
    String outcome,
    String headline,
    List<String> degraded,
    List<Receipt.ProofRecord> proof,
    List<StepProgress> steps)
    implements RunResult {
  public ResilverResult {
    degraded = List.copyOf(degraded);
    proof = List.copyOf(proof);
    steps = List.copyOf(steps);
  }
}
