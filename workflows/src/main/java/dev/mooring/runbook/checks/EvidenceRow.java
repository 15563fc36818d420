package dev.mooring.runbook.checks;

import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.Optional;

/** Whether a site can read the evidence, and can trust LATEST. */
public final class EvidenceRow {
  private static final String ID = "evidence-read";
  private static final String LIMIT = "readable, sealed by a trusted key";

  private EvidenceRow() {}

  /** Judges the evidence as that site read it, or the first that could if the subject is empty. */
  public static CheckRow of(Object subject, Observed<EvidenceObserved> evidence) {
    return evidence.match(
        seen -> latest(subject, seen.latest()),
        unseen -> CheckRow.unseen(ID, subject, unseen, LIMIT));
  }

  /** Of a site whose hosts recorded receipts that are gone, or whose records can't be read. */
  public static Optional<CheckRow> cut(
      ClusterName cluster, SiteName site, Observed<EvidenceObserved> evidence) {
    return evidence
        .seen()
        .filter(seen -> !seen.cut().isEmpty())
        .map(
            seen ->
                CheckRow.wrong(
                    "evidence-cut",
                    site,
                    String.join("; ", seen.cut()),
                    "each receipt that a host recorded is in the store",
                    Commands.verify(cluster)
                        + "; find out which person removed receipts. If the store was restored"
                        + " from a backup or begun anew, or a record can't be read, remove "
                        + cluster
                        + "/evidence.head in Mooring's directory on each host that is named: that"
                        + " acknowledges the loss"));
  }

  private static CheckRow latest(Object of, LatestSeen latest) {
    if (latest instanceof LatestSeen.Refused refused) {
      return CheckRow.wrong(
          ID,
          of,
          "LATEST is not to be believed: " + refused.reason(),
          LIMIT,
          FailureCode.SEAL_BROKEN.hint());
    }
    if (latest instanceof LatestSeen.Ready ready) {
      return CheckRow.good(ID, of, "LATEST is " + ready.header().restorePoint(), LIMIT);
    }
    return latest instanceof LatestSeen.Unsealed unsealed
        ? CheckRow.good(
            ID, of, "LATEST is " + unsealed.point() + " of another tool, unsigned", LIMIT)
        : CheckRow.good(ID, of, "no restore point yet", LIMIT);
  }
}
