package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.Sha256;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.wire.HistoryFormat;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Histories from the evidence store, each proved to be the one that its sealed record names. */
final class KeptHistories {
  private final EvidenceReader reader;

  KeptHistories(EvidenceReader reader) {
    this.reader = reader;
  }

  /**
   * A history that is as it was kept.
   *
   * @param where its file
   */
  record KeptHistory(
      HistoryRecord record, WorkflowExecutionHistory history, String where, String sha256) {}

  /** The last history of a run, if one is kept; one that is broken is refused. */
  Optional<KeptHistory> of(String originalRun) {
    return all(originalRun).stream().max(Comparator.comparing(kept -> kept.record().closedAt()));
  }

  /** All histories of a run: several if it was reset. */
  List<KeptHistory> all(String originalRun) {
    return reader.historiesOf(originalRun).stream().map(KeptHistories::proved).toList();
  }

  private static KeptHistory proved(EvidenceReader.History kept) {
    HistoryRecord record =
        kept.record()
            .document()
            .match(
                Document.Intact::content,
                refused -> {
                  throw broken(kept.record().path(), refused.reason());
                });
    byte[] packed =
        kept.packed().orElseThrow(() -> broken(kept.where(), "it is missing, its record is there"));
    String sha256 = Sha256.of(packed);
    if (!sha256.equals(record.sha256())) {
      throw broken(
          kept.where(), "it has digest " + sha256 + ", its record says " + record.sha256());
    }
    try {
      WorkflowExecutionHistory history =
          WorkflowExecutionHistory.fromJson(
              HistoryFormat.unpack(packed), record.run().workflowId());
      return new KeptHistory(record, history, kept.where(), sha256);
    } catch (RuntimeException unreadable) {
      throw broken(kept.where(), "it is no history: " + unreadable.getMessage());
    }
  }

  private static CommandFailure broken(String where, String reason) {
    return CommandFailure.failed(
        where + " is not believed: " + reason, "`mooring verify` says what else is wrong");
  }
}
