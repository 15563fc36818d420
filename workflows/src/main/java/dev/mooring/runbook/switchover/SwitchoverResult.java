package dev.mooring.runbook.switchover;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckedResult;
import java.util.List;

/**
 * What a completed Switchover answers.
 *
 * @param outcome Completed, or {@code planned} for a run that only looked
 * @param headline one sentence
 * @param digest of the plan, which an approval binds to
 * @param checks what was looked at before the move
 * @param degraded what is less than wanted, one sentence each
 * @param proof of the old primary's end and of the new one's beginning
 * @param steps how each step of the run stands at its end
 */
public record SwitchoverResult(
    String outcome,
    String headline,
    String digest,
    List<CheckRow> checks,
    List<String> degraded,
    List<Receipt.ProofRecord> proof,
    List<StepProgress> steps)
    implements CheckedResult {
  public SwitchoverResult {
    checks = List.copyOf(checks);
    degraded = List.copyOf(degraded);
    proof = List.copyOf(proof);
    steps = List.copyOf(steps);
  }
}
