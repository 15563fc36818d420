package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Receipt;
import dev.mooring.starter.KeptHistories.KeptHistory;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.replay.WrittenEvidence;
import dev.mooring.starter.report.HistoryFacts;
import dev.mooring.starter.report.HistoryFacts.Kept;
import dev.mooring.starter.report.HistoryFacts.Source;
import dev.mooring.starter.report.HistoryReading;
import dev.mooring.starter.temporal.RunHistories;
import dev.mooring.starter.temporal.RunListing;
import dev.mooring.starter.temporal.RunReference;
import dev.mooring.starter.temporal.TemporalServer;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The history of a run for its report: the exported one, which is sealed, else Temporal's. Of a run
 * that was reset there are several; the one is taken that wrote the receipt.
 */
final class ReportHistories {
  private final EvidenceReader reader;
  private final KeptHistories kept;
  private final Supplier<TemporalServer> temporal;

  ReportHistories(EvidenceReader reader, Supplier<TemporalServer> temporal) {
    this.reader = reader;
    this.kept = new KeptHistories(reader);
    this.temporal = temporal;
  }

  /** The facts of the history of the run that wrote this receipt, or why no history is trusted. */
  HistoryFacts of(ChainedReceipt chained) {
    Receipt receipt = chained.receipt();
    KeptHistories.OfRun ofRun = kept.of(receipt.run().originalRun());
    Optional<KeptHistory> wrote = ofRun.thatWrote(receipt);
    if (wrote.isPresent()) {
      KeptHistory one = wrote.get();
      return HistoryReading.of(one.history(), new Source(Kept.EVIDENCE, one.where(), one.sha256()));
    }
    if (!ofRun.broken().isEmpty()) {
      return HistoryFacts.without(
          Kept.BROKEN, "not believed: " + String.join("; ", ofRun.broken()));
    }
    return ofTemporal(receipt, ofRun.whole().size());
  }

  private HistoryFacts ofTemporal(Receipt receipt, int others) {
    String reset =
        others == 0 ? "" : "; of " + others + " that are kept of this run none wrote this receipt";
    try (TemporalServer server = temporal.get()) {
      return new RunHistories(server)
          .of(
              receipt.run().workflowId(),
              receipt.run().originalRun(),
              receipt.ending().at(),
              history -> new WrittenEvidence(history).mayHaveWritten(receipt))
          .map(
              history ->
                  HistoryReading.of(
                      history,
                      new Source(
                          Kept.TEMPORAL,
                          "Temporal at " + server.address() + ", namespace " + server.namespace(),
                          "")))
          .orElseGet(
              () ->
                  HistoryFacts.without(
                      Kept.NONE, "Temporal at " + server.address() + " has none" + reset));
    } catch (CommandFailure away) {
      return HistoryFacts.without(Kept.NONE, "unknown: " + away.getMessage() + reset);
    }
  }

  /** The receipt of a run that a reset gave this run id. */
  Optional<EvidenceReader.Entry<ChainedReceipt>> receiptOfReset(String run) {
    return keptOf(run)
        .or(() -> ofTemporal(run))
        .map(WrittenEvidence::new)
        .flatMap(written -> reader.receiptOf(receipt -> written.isOf(receipt.receipt()), true));
  }

  private Optional<WorkflowExecutionHistory> keptOf(String run) {
    return reader.originalOf(run).stream()
        .flatMap(original -> kept.of(original).whole().stream())
        .filter(one -> one.record().run().run().equals(run))
        .map(KeptHistory::history)
        .findFirst();
  }

  private Optional<WorkflowExecutionHistory> ofTemporal(String run) {
    try (TemporalServer server = temporal.get()) {
      RunReference found = new RunListing(server).find(run);
      return new RunHistories(server).of(found.workflowId(), found.runId());
    } catch (CommandFailure unknownOrAway) {
      return Optional.empty();
    }
  }
}
