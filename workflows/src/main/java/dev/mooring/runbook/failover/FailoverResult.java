package dev.mooring.runbook.failover;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckedResult;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a completed Failover answers.
 *
 * @param outcome Completed, or {@code planned} for a run that only looked
 * @param headline one sentence
 * @param digest of the plan, which an approval binds to
 * @param checks what was looked at before the promotion
 * @param degraded what is less than wanted, one sentence each
 * @param proof of the old primary's end and of the new one's beginning
 * @param steps how each step of the run stands at its end
 */
public record FailoverResult(
    String outcome,
    String headline,
    String digest,
    List<CheckRow> checks,
    List<String> degraded,
    List<Receipt.ProofRecord> proof,
    List<StepProgress> steps)
    implements CheckedResult {
  private static final String DETAIL = ", | \\(|;|: `";

  public FailoverResult {
    checks = List.copyOf(checks);
    degraded = List.copyOf(degraded);
    proof = List.copyOf(proof);
    steps = List.copyOf(steps);
  }

  /** What is less than wanted, each as short as it can be said, as a piece of a headline. */
  static String degradedInShort(List<String> degraded) {
    return degraded.isEmpty()
        ? ""
        : "degraded: "
            + degraded.stream()
                .map(one -> one.split(DETAIL, 2)[0])
                .collect(Collectors.joining(" and "))
            + "; ";
  }
}
