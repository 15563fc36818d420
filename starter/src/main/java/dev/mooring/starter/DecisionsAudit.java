package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.evidence.Receipt;
import dev.mooring.starter.KeptHistories.KeptHistory;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.replay.HistoryReplay;
import dev.mooring.starter.replay.WrittenEvidence;
import io.temporal.common.converter.DataConverterException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether what the last runs decided follows from what their histories say was seen: each kept
 * history is run again by this release's code, and what the run wrote as evidence by its history is
 * what stands sealed in the store.
 */
final class DecisionsAudit implements AutoCloseable {
  private static final Duration KEPT_WITHIN = Duration.ofHours(1);

  private final EvidenceReader reader;
  private final KeptHistories histories;
  private Optional<HistoryReplay> replay = Optional.empty();
  private final List<Fault> faults = new ArrayList<>();
  private int runAgain;
  private final List<ChainedReceipt> without = new ArrayList<>();
  private long oldestWith = Long.MAX_VALUE;

  DecisionsAudit(EvidenceReader reader) {
    this.reader = reader;
    this.histories = new KeptHistories(reader);
  }

  /** What is wrong with the history that stands there. */
  record Fault(String document, String reason) {}

  /**
   * What was found.
   *
   * @param runAgain how many histories were run again
   * @param without how many receipts have no history here
   * @param gone the numbers of those of them that should: an older one has its own, and an hour is
   *     enough to keep one
   */
  record Report(int runAgain, int without, List<Long> gone, List<Fault> faults) {}

  /** Looks at so many of the last receipts; one that is broken is the chain's to tell. */
  Report ofLast(int receipts) {
    reader.search(receipts, List.of()).last().stream()
        .flatMap(
            entry ->
                entry
                    .document()
                    .match(
                        intact -> Optional.of(intact.content()),
                        r -> Optional.<ChainedReceipt>empty())
                    .stream())
        .forEach(this::look);
    Instant lately = Instant.now().minus(KEPT_WITHIN);
    List<Long> gone =
        without.stream()
            .filter(
                one -> one.sequence() > oldestWith && one.receipt().ending().at().isBefore(lately))
            .map(ChainedReceipt::sequence)
            .toList();
    return new Report(runAgain, without.size(), gone, List.copyOf(faults));
  }

  private void look(ChainedReceipt chained) {
    List<KeptHistory> kept;
    try {
      kept = histories.all(chained.receipt().run().originalRun());
    } catch (CommandFailure broken) {
      faults.add(new Fault("receipt " + chained.sequence(), String.valueOf(broken.getMessage())));
      return;
    }
    if (kept.isEmpty()) {
      without.add(chained);
      return;
    }
    oldestWith = Math.min(oldestWith, chained.sequence());
    kept.forEach(this::runAgain);
    if (kept.stream().noneMatch(one -> wrote(one, chained.receipt()))) {
      faults.add(
          new Fault(
              kept.get(kept.size() - 1).where(),
              "by it the run left no such receipt as " + chained.sequence()));
    }
  }

  private void runAgain(KeptHistory kept) {
    runAgain++;
    replay()
        .differs(kept.history())
        .ifPresent(
            differs ->
                faults.add(
                    new Fault(
                        kept.where(), "what was decided does not follow from it: " + differs)));
    for (Manifest manifest : read(new WrittenEvidence(kept.history())::manifests)) {
      published(kept, manifest);
    }
  }

  /** Made when the first history is there: it takes a second. */
  private HistoryReplay replay() {
    HistoryReplay made = replay.orElseGet(HistoryReplay::new);
    replay = Optional.of(made);
    return made;
  }

  private boolean wrote(KeptHistory kept, Receipt receipt) {
    return read(new WrittenEvidence(kept.history())::receipts).contains(receipt);
  }

  /** What another release wrote in another form is told by the replay. */
  private static <T> List<T> read(Supplier<List<T>> written) {
    try {
      return written.get();
    } catch (DataConverterException ofAnotherRelease) {
      return List.of();
    }
  }

  /** The READY manifest of the store is the one the run gave it; one cleared away is no fault. */
  private void published(KeptHistory kept, Manifest manifest) {
    reader
        .manifest(new Shelved(manifest.name(), Stage.PUBLISHED))
        .flatMap(
            entry ->
                entry
                    .document()
                    .match(Optional::of, r -> Optional.<Document.Intact<Manifest>>empty()))
        .filter(intact -> !intact.content().equals(manifest))
        .ifPresent(
            other ->
                faults.add(
                    new Fault(
                        kept.where(),
                        "by it the run published another manifest " + manifest.name())));
  }

  @Override
  public void close() {
    replay.ifPresent(HistoryReplay::close);
  }
}
