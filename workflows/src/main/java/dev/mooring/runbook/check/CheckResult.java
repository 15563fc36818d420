package dev.mooring.runbook.check;

import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.ClusterName;
import java.time.Instant;
import java.util.List;

/**
 * The result of a check.
 *
 * @param headline one sentence
 * @param worst the worst row's verdict
 * @param checkedAt by workflow time
 * @param rows everything that was observed, the publishing site first
 */
public record CheckResult(
    String headline, Judged worst, ClusterName cluster, Instant checkedAt, List<CheckRow> rows) {
  public CheckResult {
    rows = List.copyOf(rows);
  }

  /** The rows with a verdict as the headline. */
  static CheckResult of(ClusterName cluster, String verdict, List<CheckRow> rows, Instant now) {
    return new CheckResult(
        cluster + ": " + verdict,
        rows.stream().map(CheckRow::verdict).reduce(Judged.GOOD, Judged::or),
        cluster,
        now,
        rows);
  }
}
