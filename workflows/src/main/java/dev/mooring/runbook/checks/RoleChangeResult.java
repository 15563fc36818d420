package dev.mooring.runbook.checks;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.RunResult;
import java.util.List;

/**
 * What a completed Switchover, Failover, Failback or StartPrimary answers.
 *
 * @param outcome Completed, or {@code planned} for a run that only looked
 * @param headline one sentence
 * @param digest of the plan that is to be approved next, or was last
 * @param checks what was looked at before anything was changed, as it was seen last
 * @param degraded what is less than wanted, one sentence each
 * @param proof of the old primary's end and of the new one's beginning; of a failback first what
 *     was done with each resilvered instance
 * @param steps how each step of the run stands at its end
 */
public record RoleChangeResult(
    String outcome,
    String headline,
    String digest,
    List<CheckRow> checks,
    List<String> degraded,
    List<Receipt.ProofRecord> proof,
    List<StepProgress> steps)
    implements RunResult {
  public RoleChangeResult {
    checks = List.copyOf(checks);
    degraded = List.copyOf(degraded);
    proof = List.copyOf(proof);
    steps = List.copyOf(steps);
  }
}
