package dev.mooring.evidence;

import dev.mooring.evidence.HistoryRecord.HistoryRun;
import java.time.Instant;

/** Records of kept histories of a fleet named harbour. */
public final class SampleHistories {
  private SampleHistories() {}

  /** The record of the nth consume's history, whose packed bytes have that digest. */
  public static HistoryRecord consume(int n, String sha256) {
    Instant closed = SampleManifests.at(n).plusSeconds(10);
    return new HistoryRecord(
        new HistoryRun(
            SampleManifests.HARBOUR,
            "DrConsume",
            "mooring:harbour:consume:west",
            "run-DrConsume-" + n,
            "run-DrConsume-" + n),
        "COMPLETED",
        closed.minusSeconds(8),
        closed,
        112,
        sha256);
  }
}
