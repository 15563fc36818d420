package dev.mooring.runbook.check;

import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.List;

/**
 * What a check found.
 *
 * @param headline one sentence
 * @param worst the worst row's verdict
 * @param checkedAt by workflow time
 * @param rows everything that was looked at, the publishing site first
 */
public record CheckResult(
    String headline,
    CheckRow.Judged worst,
    ClusterName cluster,
    Instant checkedAt,
    List<CheckRow> rows) {
  public CheckResult {
    rows = List.copyOf(rows);
  }
}
