package dev.mooring.worker.page;

import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.topology.ClusterName;
import java.util.List;
import java.util.Optional;

/**
 * A cluster on the page.
 *
 * @param status the answer of ClusterStatus; empty if there was none
 * @param why there was none; else empty
 * @param waiting runs that wait for a person, or may wait for one
 */
record ClusterSeen(
    ClusterName cluster, Optional<StatusResult> status, String why, List<WaitingRun> waiting) {
  ClusterSeen {
    waiting = List.copyOf(waiting);
  }

  /**
   * A run that waits for a person, or could not be asked whether it does.
   *
   * @param waits false if it could not be asked
   * @param headline what it waits for, from its progress; or why it could not be asked
   * @param plan the first lines of its plan
   * @param command the command that shows all of it
   * @param link to it in the Web UI; empty if neither the cluster file nor the hook file names one
   */
  record WaitingRun(
      String runbook,
      String workflowId,
      boolean waits,
      String headline,
      List<String> plan,
      String command,
      String link) {
    WaitingRun {
      plan = List.copyOf(plan);
    }
  }

  /** The severity: an unread cluster is never good. */
  Judged worst() {
    return status.map(StatusResult::worst).orElse(Judged.WRONG);
  }

  boolean isGood() {
    return status.isPresent() && worst() == Judged.GOOD;
  }
}
