package dev.mooring.activities.evidence;

import dev.mooring.evidence.Document;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.HistoryFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The exported histories of one cluster in a store: a packed one and its record for each run. */
final class HistoryShelf {
  private static final Pattern RECORD =
      Pattern.compile("([0-9A-Za-z-]{1,64})_([0-9A-Za-z-]{1,64})\\.json");

  private final EvidenceFiles files;
  private final ClusterName cluster;
  private final TrustedKeys trusted;
  private final EvidencePaths paths;

  HistoryShelf(EvidenceFiles files, ClusterName cluster, TrustedKeys trusted) {
    this.files = files;
    this.cluster = cluster;
    this.trusted = trusted;
    this.paths = new EvidencePaths(cluster);
  }

  /**
   * Whose history is kept, by the record's name.
   *
   * @param originalRun by which receipts name it
   * @param run its own run id
   */
  record Kept(String originalRun, String run) {}

  /** All that have a record, in no order. */
  List<Kept> kept() {
    return files.list(paths.histories()).stream()
        .map(RECORD::matcher)
        .filter(Matcher::matches)
        .map(name -> new Kept(name.group(1), name.group(2)))
        .toList();
  }

  /** Where a record stands in the store. */
  String pathOf(Kept kept) {
    return paths.historyRecord(kept.originalRun(), kept.run());
  }

  /** A record; one of another run or cluster than its place says is not believed. */
  Document<HistoryRecord> parsed(Kept place, byte[] bytes) {
    Document<HistoryRecord> document = HistoryFormat.parse(bytes, trusted);
    return document.match(
        intact -> {
          HistoryRecord.HistoryRun run = intact.content().run();
          return run.cluster().equals(cluster)
                  && run.originalRun().equals(place.originalRun())
                  && run.run().equals(place.run())
              ? document
              : new Document.Refused<>(
                  Document.Fault.UNREADABLE,
                  "it is the record of run " + run.run() + " of " + run.workflowId());
        },
        refused -> document);
  }

  /** Where the packed history of a record stands. */
  String whereHistory(HistoryRecord record) {
    return files.where(path(record));
  }

  private String path(HistoryRecord record) {
    return paths.history(record.run().originalRun(), record.run().run(), record.sha256());
  }

  /** The packed history of a record, if it is there; its digest is not looked at. */
  Optional<byte[]> history(HistoryRecord record) {
    return files.readTold(path(record));
  }

  /**
   * Keeps a history: its bytes first, under a name of their own digest, so that a writer of another
   * release does no harm; then its record, of several writers' the first one's.
   *
   * @return false where it was kept already
   */
  boolean keep(HistoryRecord record, byte[] packed, SigningKey key) {
    if (!Sha256.of(packed).equals(record.sha256())) {
      throw new IllegalArgumentException("the record of " + record.run() + " is of other bytes");
    }
    files.createExclusive(path(record), packed);
    return files.createExclusive(
        paths.historyRecord(record.run().originalRun(), record.run().run()),
        HistoryFormat.render(record, key));
  }
}
