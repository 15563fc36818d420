package dev.mooring.starter.temporal;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress.StepProgress;
import java.util.List;

/** How a run ended, as Temporal answers it. */
public sealed interface RunEnding {

  /** The restore point is READY, the site is moored, or the plan stands. */
  record Completed(
      String outcome,
      String headline,
      String restorePoint,
      List<String> degraded,
      List<Receipt.ProofRecord> proof,
      List<StepProgress> steps)
      implements RunEnding {
    public Completed {
      degraded = List.copyOf(degraded);
      proof = List.copyOf(proof);
      steps = List.copyOf(steps);
    }
  }

  /** Failed, RolledBack, Refused or Stuck, with its record. */
  record Ended(EndingRecord record) implements RunEnding {}

  /** Temporal closed it, not the runbook: terminated, timed out, or cancelled before it began. */
  record Closed(String how) implements RunEnding {}
}
