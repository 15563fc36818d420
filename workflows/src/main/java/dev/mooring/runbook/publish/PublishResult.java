package dev.mooring.runbook.publish;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.RunResult;
import java.util.List;

/**
 * The result of a completed PublishCycle.
 *
 * @param outcome Completed; {@code skipped} for a scheduled run that found the cluster locked,
 *     {@code planned} for one in plan mode
 * @param headline one sentence
 * @param restorePoint the READY point, or empty
 * @param degraded what is less than wanted, one sentence each
 * @param proof what was proved for each content
 * @param steps the state of each step at the end of the run
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
