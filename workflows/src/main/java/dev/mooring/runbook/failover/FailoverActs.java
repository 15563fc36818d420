package dev.mooring.runbook.failover;

import dev.mooring.runbook.StepGroup;

/** What is done once all was looked at under the locks. */
interface FailoverActs extends StepGroup {

  /** Ends with the candidate as the primary, or throws with the way back taken; a headline. */
  String make();
}
