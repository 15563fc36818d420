package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Sha256;
import dev.mooring.starter.replay.WrittenEvidence;
import dev.mooring.wire.HistoryFormat;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Histories from the evidence store, each checked against its sealed record. */
final class KeptHistories {
  private final EvidenceReader reader;

  KeptHistories(EvidenceReader reader) {
    this.reader = reader;
  }

  /**
   * A history that is as it was kept.
   *
   * @param where its file's path
   */
  record KeptHistory(
      HistoryRecord record, WorkflowExecutionHistory history, String where, String sha256) {}

  /**
   * Everything kept of a run: several histories if it was reset.
   *
   * @param whole the histories that are as they were kept
   * @param broken for each other history its path and why it is not trusted
   */
  record OfRun(List<KeptHistory> whole, List<String> broken) {

    /** The one by which the run wrote that receipt. */
    Optional<KeptHistory> thatWrote(Receipt receipt) {
      return whole.stream()
          .filter(kept -> new WrittenEvidence(kept.history()).isOf(receipt))
          .findFirst()
          .or(() -> only().filter(kept -> new WrittenEvidence(kept.history()).isOfAnotherForm()));
    }

    private Optional<KeptHistory> only() {
      return whole.size() + broken.size() == 1 ? whole.stream().findFirst() : Optional.empty();
    }
  }

  /** All histories of a run. */
  OfRun of(String originalRun) {
    List<KeptHistory> whole = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    for (EvidenceReader.History kept : reader.historiesOf(originalRun)) {
      try {
        whole.add(read(sealed(kept), kept));
      } catch (NotBelieved refused) {
        broken.add(refused.inWords());
      }
    }
    return new OfRun(whole, broken);
  }

  /** How many histories are kept of a run, and why the others don't match their sealed records. */
  Sealed sealedOf(String originalRun) {
    List<EvidenceReader.History> all = reader.historiesOf(originalRun);
    List<String> broken = new ArrayList<>();
    for (EvidenceReader.History kept : all) {
      try {
        sealed(kept);
      } catch (NotBelieved refused) {
        broken.add(refused.inWords());
      }
    }
    return new Sealed(all.size() - broken.size(), broken);
  }

  /**
   * Whether histories match their sealed records.
   *
   * @param whole how many do
   * @param broken for each other history its path and why it is not trusted
   */
  record Sealed(int whole, List<String> broken) {}

  private static HistoryRecord sealed(EvidenceReader.History kept) throws NotBelieved {
    Document<HistoryRecord> document = kept.record().document();
    Optional<String> refused = document.match(i -> Optional.empty(), r -> Optional.of(r.reason()));
    if (refused.isPresent()) {
      throw new NotBelieved(kept.record().path(), refused.get());
    }
    HistoryRecord record =
        document
            .<Optional<HistoryRecord>>match(i -> Optional.of(i.content()), r -> Optional.empty())
            .orElseThrow();
    String sha256 = Sha256.of(packed(kept));
    if (!sha256.equals(record.sha256())) {
      throw new NotBelieved(
          kept.where(), "it has digest " + sha256 + ", its record says " + record.sha256());
    }
    return record;
  }

  private static byte[] packed(EvidenceReader.History kept) throws NotBelieved {
    if (kept.packed().isEmpty()) {
      throw new NotBelieved(kept.where(), "it is missing, its record is there");
    }
    return kept.packed().get();
  }

  private static KeptHistory read(HistoryRecord record, EvidenceReader.History kept)
      throws NotBelieved {
    try {
      WorkflowExecutionHistory history =
          WorkflowExecutionHistory.fromJson(
              HistoryFormat.unpack(packed(kept)), record.run().workflowId());
      return new KeptHistory(record, history, kept.where(), record.sha256());
    } catch (RuntimeException unreadable) {
      throw new NotBelieved(kept.where(), "it is no history: " + unreadable.getMessage());
    }
  }

  /** A history that is not believed, and why. */
  private static final class NotBelieved extends Exception {
    private static final long serialVersionUID = 1;

    NotBelieved(String where, String reason) {
      super(where + " is not believed: " + reason);
    }

    String inWords() {
      return String.valueOf(getMessage());
    }
  }
}
