package dev.mooring.runbook.checks;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import java.util.List;

/**
 * The result of a Switchover, Failover, Failback or StartPrimary.
 *
 * @param outcome Completed, or {@code planned} for a run in plan mode
 * @param headline one sentence
 * @param digest of the plan that is to be approved next, or was approved last
 * @param checks the rows before anything was changed, as last observed
 * @param degraded what is less than wanted, one sentence each
 * @param proof of the old primary's end and of the new one's beginning; in a failback, first what
 *     was done with each resilvered instance
 * @param steps the state of each step at the end of the run
 */
public record RoleChangeResult(
    String outcome,
    String headline,
    String digest,
    List<CheckRow> checks,
    List<String> degraded,
    List<Receipt.ProofRecord> proof,
    List<StepProgress> steps)
    implements CheckedResult {
  public RoleChangeResult {
    checks = List.copyOf(checks);
    degraded = List.copyOf(degraded);
    proof = List.copyOf(proof);
    steps = List.copyOf(steps);
  }
}
