package dev.mooring.activities.evidence;

import dev.mooring.evidence.Document;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.HistoryFormat;
import io.temporal.failure.ApplicationFailure;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The exported histories of one cluster in a store: a packed history and its record per run. */
final class HistoryDocuments {
  private static final Pattern RECORD =
      Pattern.compile("([0-9A-Za-z-]{1,64})_([0-9A-Za-z-]{1,64})\\.json");

  private final EvidenceFiles files;
  private final ClusterName cluster;
  private final TrustedKeys trusted;
  private final EvidencePaths paths;

  HistoryDocuments(EvidenceFiles files, ClusterName cluster, TrustedKeys trusted) {
    this.files = files;
    this.cluster = cluster;
    this.trusted = trusted;
    this.paths = new EvidencePaths(cluster);
  }

  /**
   * The run of a kept history, from the record's name.
   *
   * @param originalRun the run id that receipts have
   * @param run its own run id
   */
  record Kept(String originalRun, String run) {}

  /** All that have a record, in no order. */
  List<Kept> kept() {
    return kept(files.list(paths.histories()));
  }

  private static List<Kept> kept(Collection<String> names) {
    return names.stream()
        .map(RECORD::matcher)
        .filter(Matcher::matches)
        .map(name -> new Kept(name.group(1), name.group(2)))
        .toList();
  }

  /**
   * The runs among these whose record is sealed, is of that run, and names a packed history that is
   * there, both on as many stores as must have a write: {@link #keep} writes others to the stores
   * that lack them. The packed bytes are not read.
   */
  Set<String> believed(Collection<String> runs) {
    Set<String> names = Set.copyOf(files.listWritten(paths.histories()));
    return kept(names).stream()
        .filter(place -> runs.contains(place.run()) && isBelieved(place, names))
        .map(Kept::run)
        .collect(Collectors.toSet());
  }

  private boolean isBelieved(Kept place, Set<String> names) {
    return files
        .read(pathOf(place))
        .map(bytes -> parsed(place, bytes))
        .flatMap(read -> read.match(i -> Optional.of(i.content()), refused -> Optional.empty()))
        .filter(record -> names.contains(EvidencePaths.nameOf(path(record))))
        .isPresent();
  }

  /** The place of a record in the store. */
  String pathOf(Kept kept) {
    return paths.historyRecord(kept.originalRun(), kept.run());
  }

  /** Parses a record; a record of another run or cluster than its path is not trusted. */
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

  /** The path of the packed history of a record. */
  String whereHistory(HistoryRecord record) {
    return files.where(path(record));
  }

  private String path(HistoryRecord record) {
    return paths.history(record.run().originalRun(), record.run().run(), record.sha256());
  }

  /** The packed history of a record, if it is there; its digest is not checked. */
  Optional<byte[]> history(HistoryRecord record) {
    return files.readNamed(path(record));
  }

  /**
   * Keeps a history: its bytes first, under a name of their own digest, so that a writer of another
   * release does no harm; then its record. Of several writers the first one's record counts.
   *
   * @return false if it was kept already
   * @throws io.temporal.failure.ApplicationFailure naming the file, if another file in its place is
   *     not trusted by readers: no written file is ever replaced
   */
  boolean keep(HistoryRecord record, byte[] packed, SigningKey key) {
    if (!Sha256.of(packed).equals(record.sha256())) {
      throw new IllegalArgumentException("the record of " + record.run() + " is of other bytes");
    }
    if (!files.createExclusive(path(record), packed)) {
      requirePacked(record);
    }
    Kept place = new Kept(record.run().originalRun(), record.run().run());
    if (files.createExclusive(pathOf(place), HistoryFormat.render(record, key))) {
      return true;
    }
    requirePacked(recordAt(place));
    return false;
  }

  private HistoryRecord recordAt(Kept place) {
    String where = files.where(pathOf(place));
    return files
        .readNamed(pathOf(place))
        .map(bytes -> parsed(place, bytes))
        .orElseThrow(() -> inTheWay(Document.Fault.UNREADABLE, where, "it went away"))
        .match(
            Document.Intact::content,
            refused -> {
              throw inTheWay(refused.fault(), where, refused.reason());
            });
  }

  private void requirePacked(HistoryRecord record) {
    String sha256 =
        history(record)
            .map(Sha256::of)
            .orElseThrow(
                () ->
                    inTheWay(
                        Document.Fault.UNREADABLE,
                        whereHistory(record),
                        "it is missing, its record is there"));
    if (!sha256.equals(record.sha256())) {
      throw inTheWay(
          Document.Fault.SEAL_BROKEN,
          whereHistory(record),
          "it has digest " + sha256 + ", its record says " + record.sha256());
    }
  }

  private static ApplicationFailure inTheWay(Document.Fault fault, String where, String why) {
    return EvidenceFailures.refused(
        fault,
        where
            + " is not believed: "
            + why
            + "; move it out of the store and the run's own history"
            + " takes its place");
  }
}
