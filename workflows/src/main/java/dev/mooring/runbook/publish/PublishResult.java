package dev.mooring.runbook.publish;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.RunResult;
import java.util.List;

/**
 * What a completed PublishCycle answers.
 *
 * @param outcome Completed; {@code skipped} for a scheduled run that found the cluster locked,
 *     {@code planned} for one that only looked
 * @param headline one sentence
 * @param restorePoint the READY point, or empty
 * @param degraded what is less than wanted, one sentence each
 * @param proof per content what was proved
 * @param steps how each step of the run stands at its end
 */
public record PublishResult(
    String outcome,
    String headline,
    String restorePoint,
    List<String> degraded,
    List<Receipt.ProofRecord> proof,
    List<StepProgress> steps)
    implements RunResult {
  public PublishResult {
    degraded = List.copyOf(degraded);
    proof = List.copyOf(proof);
    steps = List.copyOf(steps);
  }
}
