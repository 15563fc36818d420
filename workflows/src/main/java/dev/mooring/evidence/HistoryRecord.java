package dev.mooring.evidence;

import dev.mooring.topology.ClusterName;
import java.time.Instant;

/**
 * The record that the history of a closed run was kept: sealed, beside the history, with its
 * digest. The record is written last, so a history without one does not count as kept yet.
 *
 * @param run the run
 * @param outcome by Temporal: COMPLETED, FAILED, CANCELED, TERMINATED or TIMED_OUT
 * @param startedAt when it started
 * @param closedAt when it closed
 * @param events the number of events in its history
 * @param sha256 of the packed history's bytes
 */
public record HistoryRecord(
    HistoryRun run,
    String outcome,
    Instant startedAt,
    Instant closedAt,
    int events,
    String sha256) {
  /** The only format this version writes and reads. */
  public static final int FORMAT_VERSION = 1;

  /**
   * The run of a history.
   *
   * @param runbook its workflow type
   * @param run its own run id
   * @param originalRun the run id that survives a reset, which its receipt has
   */
  public record HistoryRun(
      ClusterName cluster, String runbook, String workflowId, String run, String originalRun) {}

  public HistoryRecord {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("sha256 must be 64 hexadecimal digits, got '" + sha256);
    }
  }
}
