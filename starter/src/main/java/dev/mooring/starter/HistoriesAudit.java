package dev.mooring.starter;

import static java.util.stream.Collectors.groupingBy;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.starter.KeptHistories.KeptHistory;
import dev.mooring.starter.replay.DecidedBy;
import dev.mooring.starter.replay.HistoryReplay;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that the histories in the evidence store are unchanged and there for every run, and that
 * the histories of the last runs replay with this release.
 */
final class HistoriesAudit implements AutoCloseable {
  private static final Duration KEPT_WITHIN = Duration.ofHours(1);

  private final EvidenceReader reader;
  private final String release;
  private final KeptHistories histories;
  private Optional<HistoryReplay> replay = Optional.empty();
  private final List<Fault> broken = new ArrayList<>();
  private final List<Fault> failed = new ArrayList<>();
  private boolean onlyOfOtherReleases = true;
  private int whole;
  private int replayed;
  private long oldestWith = Long.MAX_VALUE;

  /**
   * @param release this release, as its workers name themselves
   */
  HistoriesAudit(EvidenceReader reader, String release) {
    this.reader = reader;
    this.release = release;
    this.histories = new KeptHistories(reader);
  }

  /** What is wrong with the history in that document. */
  record Fault(String document, String reason) {}

  /**
   * The result of the audit.
   *
   * @param whole how many histories match their sealed records
   * @param replayed how many of them were replayed
   * @param receipts the last receipts
   * @param broken histories that are not trusted
   * @param failed histories that do not replay
   * @param onlyOfOtherReleases whether each of those is of a run that only other releases decided
   */
  record Report(
      int whole,
      int replayed,
      LastReceipts receipts,
      List<Fault> broken,
      List<Fault> failed,
      boolean onlyOfOtherReleases) {}

  /**
   * The last receipts.
   *
   * @param number how many were read
   * @param without how many of them have no history here
   * @param gone the numbers of receipts whose history is lost: an older receipt has its history,
   *     and an hour is enough to keep one
   */
  record LastReceipts(int number, int without, List<Long> gone) {}

  /**
   * Reads every history that is kept, and replays those of the given number of last receipts; a
   * broken receipt is reported with the chain.
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
        replayed,
        new LastReceipts(
            last.values().stream().mapToInt(List::size).sum(), without.size(), gone(without)),
        List.copyOf(broken),
        List.copyOf(failed),
        onlyOfOtherReleases);
  }

  private List<Long> gone(List<ChainedReceipt> without) {
    Instant lately = Instant.now().minus(KEPT_WITHIN);
    return without.stream()
        .filter(one -> one.sequence() > oldestWith && one.receipt().ending().at().isBefore(lately))
        .map(ChainedReceipt::sequence)
        .sorted()
        .toList();
  }

  /** For a run that left no receipt, or none among the last. */
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
    kept.whole().forEach(this::replay);
  }

  private static String inWords(List<Long> numbers) {
    return String.join(", ", numbers.stream().map(String::valueOf).toList());
  }

  private void replay(KeptHistory kept) {
    replayed++;
    replay().fails(kept.history()).ifPresent(reason -> failed(kept, reason));
  }

  private void failed(KeptHistory kept, String reason) {
    Set<String> by = DecidedBy.releases(kept.history());
    onlyOfOtherReleases &= !by.isEmpty() && !by.contains(release);
    String named = by.isEmpty() ? "" : "decided by release " + String.join(", ", by) + "; ";
    failed.add(new Fault(kept.where(), named + reason));
  }

  /** Created when the first history is read: it takes a second. */
  private HistoryReplay replay() {
    HistoryReplay made = replay.orElseGet(() -> new HistoryReplay(HistoryReplay.WORKFLOWS));
    replay = Optional.of(made);
    return made;
  }

  @Override
  public void close() {
    replay.ifPresent(HistoryReplay::close);
  }
}
