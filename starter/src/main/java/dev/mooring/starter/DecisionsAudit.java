package dev.mooring.starter;

import static java.util.stream.Collectors.groupingBy;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.ManifestSelection.Shelved;
import dev.mooring.evidence.ManifestSelection.Stage;
import dev.mooring.starter.KeptHistories.KeptHistory;
import dev.mooring.starter.replay.DecidedBy;
import dev.mooring.starter.replay.HistoryReplay;
import dev.mooring.starter.replay.WrittenEvidence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the histories that are kept are those that were kept, of every run; and whether what the
 * last runs decided follows from what theirs say was seen: each is run again by this release's
 * code, and what the run wrote as evidence by its history is what stands sealed in the store.
 */
final class DecisionsAudit implements AutoCloseable {
  private static final Duration KEPT_WITHIN = Duration.ofHours(1);

  private final EvidenceReader reader;
  private final String release;
  private final KeptHistories histories;
  private Optional<HistoryReplay> replay = Optional.empty();
  private final List<Fault> broken = new ArrayList<>();
  private final List<Fault> otherwise = new ArrayList<>();
  private final List<Fault> ofOtherReleases = new ArrayList<>();
  private int whole;
  private int runAgain;
  private long oldestWith = Long.MAX_VALUE;

  /**
   * @param release this release, as its workers name themselves
   */
  DecisionsAudit(EvidenceReader reader, String release) {
    this.reader = reader;
    this.release = release;
    this.histories = new KeptHistories(reader);
  }

  /** What is wrong with the history that stands there. */
  record Fault(String document, String reason) {}

  /**
   * What was found.
   *
   * @param whole how many histories are what their sealed records name
   * @param runAgain how many of them were run again
   * @param receipts how many of the last receipts were looked at
   * @param without how many of them have no history here
   * @param gone the numbers of those of them that should: an older one has its own, and an hour is
   *     enough to keep one
   * @param broken histories that are not believed, or that tell of other evidence than there is
   * @param otherwise histories whose decisions this release takes otherwise
   * @param ofOtherReleases the same of histories in which only other releases decided
   */
  record Report(
      int whole,
      int runAgain,
      int receipts,
      int without,
      List<Long> gone,
      List<Fault> broken,
      List<Fault> otherwise,
      List<Fault> ofOtherReleases) {}

  /**
   * Looks at every history that is kept, and takes the decisions of so many of the last receipts
   * again; a receipt that is broken is the chain's to tell.
   */
  Report ofLast(int receipts) {
    Map<String, List<ChainedReceipt>> last =
        reader.search(receipts, List.of()).last().stream()
            .flatMap(
                entry ->
                    entry
                        .document()
                        .match(
                            intact -> Optional.of(intact.content()),
                            r -> Optional.<ChainedReceipt>empty())
                        .stream())
            .collect(groupingBy(one -> one.receipt().run().originalRun()));
    Set<String> kept = reader.runsWithHistories();
    for (String run : kept) {
      Optional.ofNullable(last.get(run))
          .ifPresentOrElse(left -> look(run, left), () -> lookAtSeals(run));
    }
    List<ChainedReceipt> without =
        last.entrySet().stream()
            .filter(run -> !kept.contains(run.getKey()))
            .flatMap(run -> run.getValue().stream())
            .toList();
    return new Report(
        whole,
        runAgain,
        last.values().stream().mapToInt(List::size).sum(),
        without.size(),
        gone(without),
        List.copyOf(broken),
        List.copyOf(otherwise),
        List.copyOf(ofOtherReleases));
  }

  private List<Long> gone(List<ChainedReceipt> without) {
    Instant lately = Instant.now().minus(KEPT_WITHIN);
    return without.stream()
        .filter(one -> one.sequence() > oldestWith && one.receipt().ending().at().isBefore(lately))
        .map(ChainedReceipt::sequence)
        .sorted()
        .toList();
  }

  /** Of a run that left no receipt, or one that is not among the last. */
  private void lookAtSeals(String run) {
    KeptHistories.Sealed sealed = histories.sealedOf(run);
    whole += sealed.whole();
    sealed.broken().forEach(reason -> broken.add(new Fault("run " + run, reason)));
  }

  private void look(String run, List<ChainedReceipt> left) {
    KeptHistories.OfRun kept = histories.of(run);
    whole += kept.whole().size();
    List<Long> numbers = left.stream().map(ChainedReceipt::sequence).sorted().toList();
    oldestWith = Math.min(oldestWith, numbers.get(0));
    kept.broken()
        .forEach(reason -> broken.add(new Fault("history of receipt " + inWords(numbers), reason)));
    kept.whole().forEach(this::runAgain);
    boolean isReadable =
        kept.whole().stream()
            .noneMatch(one -> new WrittenEvidence(one.history()).isOfAnotherForm());
    if (kept.broken().isEmpty() && isReadable) {
      left.stream()
          .filter(one -> kept.thatWrote(one.receipt()).isEmpty())
          .forEach(
              one ->
                  broken.add(
                      new Fault(
                          kept.whole().get(kept.whole().size() - 1).where(),
                          "by it the run left no such receipt as " + one.sequence())));
    }
  }

  private static String inWords(List<Long> numbers) {
    return String.join(", ", numbers.stream().map(String::valueOf).toList());
  }

  private void runAgain(KeptHistory kept) {
    runAgain++;
    replay().differs(kept.history()).ifPresent(differs -> decided(kept, differs));
    WrittenEvidence written = new WrittenEvidence(kept.history());
    if (!written.isOfAnotherForm()) {
      written.manifests().forEach(manifest -> published(kept, manifest));
    }
  }

  private void decided(KeptHistory kept, String differs) {
    Set<String> by = DecidedBy.releases(kept.history());
    String reason = "what was decided does not follow from it: " + differs;
    if (by.isEmpty() || by.contains(release)) {
      otherwise.add(new Fault(kept.where(), reason));
    } else {
      ofOtherReleases.add(
          new Fault(kept.where(), "decided by release " + String.join(", ", by) + "; " + reason));
    }
  }

  /** Made when the first history is there: it takes a second. */
  private HistoryReplay replay() {
    HistoryReplay made = replay.orElseGet(HistoryReplay::new);
    replay = Optional.of(made);
    return made;
  }

  /**
   * The READY manifest of the store is the one the run gave it. One that is missing or not believed
   * is told where manifests are looked at, and one cleared away is no fault.
   */
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
                broken.add(
                    new Fault(
                        kept.where(),
                        "by it the run published another manifest " + manifest.name())));
  }

  @Override
  public void close() {
    replay.ifPresent(HistoryReplay::close);
  }
}
