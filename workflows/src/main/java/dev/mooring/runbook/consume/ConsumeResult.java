package dev.mooring.runbook.consume;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.RunResult;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of a completed DrConsume.
 *
 * @param outcome Completed; {@code skipped} for a scheduled run that found the site locked, {@code
 *     planned} for one in plan mode
 * @param headline one sentence
 * @param restorePoint the point the site is moored at, or would be
 * @param degraded what is less than wanted, one sentence each
 * @param proof what was proved for each instance
 * @param steps the state of each step at the end of the run
 */
public record ConsumeResult(
    String outcome,
    String headline,
    String restorePoint,
    List<String> degraded,
    List<Receipt.ProofRecord> proof,
    List<StepProgress> steps)
    implements RunResult {
  public ConsumeResult {
    degraded = List.copyOf(degraded);
    proof = List.copyOf(proof);
    steps = List.copyOf(steps);
  }

  /** The same with one more degraded fact. */
  ConsumeResult degradedBy(String sentence) {
    List<String> all = new ArrayList<>(degraded);
    all.add(sentence);
    return new ConsumeResult(outcome, headline, restorePoint, all, proof, steps);
  }
}
