package dev.mooring.runbook.failback;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckedResult;
import java.util.List;

/**
 * What a completed Failback answers.
 *
 * @param outcome Completed, or {@code planned} for a run that only looked
 * @param headline one sentence
 * @param digest of the plan that is to be approved next, or was last
 * @param checks what was looked at before the move, as it was seen last
 * @param degraded what is less than wanted, one sentence each
 * @param proof per healed instance what was done, then both ends of the move
 * @param steps how each step of the run stands at its end
 */
public record FailbackResult(
    String outcome,
    String headline,
    String digest,
    List<CheckRow> checks,
    List<String> degraded,
    List<Receipt.ProofRecord> proof,
    List<StepProgress> steps)
    implements CheckedResult {
  public FailbackResult {
    checks = List.copyOf(checks);
    degraded = List.copyOf(degraded);
    proof = List.copyOf(proof);
    steps = List.copyOf(steps);
  }
}
