package dev.mooring.starter.temporal;

import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.runbook.checks.CheckRow;
import java.util.List;

/** How a run ended, as Temporal answers it. */
public sealed interface RunEnding {

  /** The restore point is READY, the site is moored, or the plan is made. */
  record Completed(
      String outcome,
      String headline,
      String restorePoint,
      List<CheckRow> checks,
      List<String> degraded,
      List<Receipt.ProofRecord> proof,
      List<StepProgress> steps)
      implements RunEnding {
    public Completed {
      checks = List.copyOf(checks);
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
