package dev.mooring.runbook;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.Progress.StepProgress;
import java.util.List;

/** What every runbook that acts answers once it completed. */
public interface RunResult {

  /** Completed, or what else a run that ended well says: {@code planned}, {@code skipped}. */
  String outcome();

  /** One sentence. */
  String headline();

  /** The restore point that is READY or moored at; empty for a runbook that has none. */
  default String restorePoint() {
    return "";
  }

  /** What is less than wanted, one sentence each. */
  List<String> degraded();

  /** What was proved, per content or instance. */
  List<Receipt.ProofRecord> proof();

  /** The state of each step at the end of the run. */
  List<StepProgress> steps();
}
