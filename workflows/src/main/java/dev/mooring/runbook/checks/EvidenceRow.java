package dev.mooring.runbook.checks;

import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Observed;

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
