package dev.mooring.evidence;

import dev.mooring.evidence.ConsumeRecord.Attempt;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A WAL file in the archive of one content. */
public record ContentWal(ContentId content, WalFileName file) implements Comparable<ContentWal> {
  /** A consume may end while the last point is made, behind the publish's look at the receipts. */
  private static final int POINTS = 2;

  /** How many files of a content a publish reads again; the next ones read the others. */
  public static final int OF_A_CONTENT = 4;

  /** The fact in a receipt that names such a file. */
  private static final String FOUND_BAD = "found bad";

  private static final String CONTENT = "content ";

  /**
   * The files that consumes, or their plans, found missing or damaged since the last point but one
   * was made, and those that publishes since then could not read whole; what was found before that
   * the publish of the last point has read again. Of each attempt the first few of each content.
   *
   * @param newestFirst is read back to the run that made that point
   */
  public static List<ContentWal> found(Iterator<ChainedReceipt> newestFirst) {
    return since(newestFirst, one -> true);
  }

  /** Those of them that consumes, or their plans, found there and damaged. */
  public static List<ContentWal> damaged(Iterator<ChainedReceipt> newestFirst) {
    return since(newestFirst, Found::damaged);
  }

  private static List<ContentWal> since(
      Iterator<ChainedReceipt> newestFirst, Predicate<Found> wanted) {
    Set<ContentWal> files = new LinkedHashSet<>();
    for (int points = 0; points < POINTS && newestFirst.hasNext(); ) {
      ChainedReceipt receipt = newestFirst.next();
      int later = points;
      foundUpTo(receipt).stream()
          .filter(one -> one.points() + later < POINTS)
          .filter(wanted)
          .forEach(one -> files.add(one.wal()));
      points += isPoint(receipt.receipt()) ? 1 : 0;
    }
    return new ArrayList<>(files);
  }

  /**
   * A file that a receipt names.
   *
   * @param damaged whether a consume, or its plan, found it there and damaged
   * @param points how many points were made since that receipt
   */
  public record Found(ContentWal wal, boolean damaged, int points) {}

  /** What the next receipt carries on: what this one names, and what it carries itself. */
  static List<Found> foundUpTo(ChainedReceipt last) {
    Receipt receipt = last.receipt();
    boolean consume = receipt.seen().consume() instanceof Attempt;
    Stream<ContentWal> missing =
        receipt.seen().consume() instanceof Attempt attempt
            ? attempt.contents().stream().flatMap(ContentWal::of)
            : Stream.of();
    int point = isPoint(receipt) ? 1 : 0;
    Stream<Found> before =
        last.foundBad().stream()
            .map(one -> new Found(one.wal(), one.damaged(), one.points() + point))
            .filter(one -> one.points() < POINTS);
    Map<List<Object>, Found> latest = new LinkedHashMap<>();
    Stream.of(
            missing.map(wal -> new Found(wal, false, 0)),
            inReceipt(receipt).map(wal -> new Found(wal, consume, 0)),
            before)
        .flatMap(found -> found)
        .forEach(one -> latest.putIfAbsent(List.of(one.wal(), one.damaged()), one));
    return List.copyOf(latest.values());
  }

  /** A publish that was skipped is completed, too. */
  private static boolean isPoint(Receipt receipt) {
    return receipt.run().runbook().equals("PublishCycle")
        && receipt.ending().outcome().equals("COMPLETED")
        && !receipt.ending().restorePoint().isEmpty();
  }

  /** What a run that read this file, or was to, leaves for the next ones. */
  public Receipt.ProofRecord inReceipt() {
    return new Receipt.ProofRecord(
        CONTENT + content, List.of(new Receipt.Fact(FOUND_BAD, file.text())));
  }

  private static Stream<ContentWal> inReceipt(Receipt receipt) {
    return receipt.seen().proofs().stream()
        .flatMap(
            proof ->
                proof.facts().stream()
                    .filter(f -> f.name().equals(FOUND_BAD) && WalFileName.isOne(f.value()))
                    .map(f -> new ContentWal(contentOf(proof), new WalFileName(f.value()))));
  }

  private static ContentId contentOf(Receipt.ProofRecord proof) {
    return new ContentId(Integer.parseInt(proof.subject().substring(CONTENT.length())));
  }

  @Override
  public int compareTo(ContentWal other) {
    return Comparator.comparing(ContentWal::content)
        .thenComparing(ContentWal::file)
        .compare(this, other);
  }

  private static Stream<ContentWal> of(ConsumeRecord.ContentAttempt content) {
    return content.missingWal().stream()
        .filter(WalFileName::isOne)
        .limit(OF_A_CONTENT)
        .map(file -> new ContentWal(content.content(), new WalFileName(file)));
  }
}
