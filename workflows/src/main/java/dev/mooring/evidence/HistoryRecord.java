package dev.mooring.evidence;

import dev.mooring.topology.ClusterName;
import java.time.Instant;

/**
 * That the history of a run that is over was kept: sealed, beside the history itself, whose digest
 * it names. A record is written last, so a history without one was not kept yet.
 *
 * @param run which run
 * @param outcome how Temporal has it: COMPLETED, FAILED, CANCELED, TERMINATED or TIMED_OUT
 * @param startedAt when it was started
 * @param closedAt when it was over
 * @param events how many events its history has
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
   * A run whose history it is.
   *
   * @param runbook its workflow type
   * @param run its own run id
   * @param originalRun the run id that survives a reset, by which its receipt names it
   */
  public record HistoryRun(
      ClusterName cluster, String runbook, String workflowId, String run, String originalRun) {}

  public HistoryRecord {
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("sha256 must be 64 hexadecimal digits, got '" + sha256);
    }
  }
}
