package dev.mooring.runbook;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import java.util.List;

/** The result of every completed runbook that acts. */
public interface RunResult {

  /** Completed, or {@code planned} or {@code skipped}. */
  String outcome();

  /** One sentence. */
  String headline();

  /** The restore point that is READY or moored at; empty if the runbook has none. */
  default String restorePoint() {
    return "";
  }

  /** The degraded facts, one sentence each. */
  List<String> degraded();

  /** The proofs, per content or instance. */
  List<Receipt.ProofRecord> proof();

  /** The state of each step at the end of the run. */
  List<StepProgress> steps();
}
