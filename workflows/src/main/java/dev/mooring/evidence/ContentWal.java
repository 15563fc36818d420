package dev.mooring.evidence;

import dev.mooring.evidence.ConsumeRecord.Attempt;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A WAL file in the archive of one content. */
public record ContentWal(ContentId content, WalFileName file) implements Comparable<ContentWal> {
  /** A consume may end while the last point is made, behind the publish's look at the receipts. */
  private static final int POINTS = 2;

  /** How many files of a content a publish reads again; the next ones read the others. */
  public static final int OF_A_CONTENT = 4;

  /** The fact in a receipt of a publish that names such a file. */
  private static final String FOUND_BAD = "found bad";

  private static final String CONTENT = "content ";

  /**
   * The files that consumes, or their plans, found missing or damaged since the last point but one
   * was made, and those that publishes since then could not read whole; what was found before that
   * the publish of the last point has read again. Of each attempt the first few of each content.
   *
   * @param newestFirst is read back to the run that made that point
   */
  public static List<ContentWal> found(Iterator<Receipt> newestFirst) {
    Set<ContentWal> files = new LinkedHashSet<>();
    int points = 0;
    while (points < POINTS && newestFirst.hasNext()) {
      Receipt receipt = newestFirst.next();
      if (receipt.seen().consume() instanceof Attempt attempt) {
        attempt.contents().forEach(content -> files.addAll(of(content)));
      } else if (receipt.run().runbook().equals("PublishCycle")) {
        receipt.seen().proofs().forEach(proof -> files.addAll(of(proof)));
        points += isPoint(receipt.ending()) ? 1 : 0;
      }
    }
    return new ArrayList<>(files);
  }

  /** A publish that was skipped is completed, too. */
  private static boolean isPoint(Receipt.Ending ending) {
    return ending.outcome().equals("COMPLETED") && !ending.restorePoint().isEmpty();
  }

  /** What a publish that makes no READY point leaves of this file for the next ones. */
  public Receipt.ProofRecord inReceipt() {
    return new Receipt.ProofRecord(
        CONTENT + content, List.of(new Receipt.Fact(FOUND_BAD, file.text())));
  }

  private static List<ContentWal> of(Receipt.ProofRecord proof) {
    return proof.facts().stream()
        .filter(fact -> fact.name().equals(FOUND_BAD) && WalFileName.isOne(fact.value()))
        .map(
            fact ->
                new ContentWal(
                    new ContentId(Integer.parseInt(proof.subject().substring(CONTENT.length()))),
                    new WalFileName(fact.value())))
        .toList();
  }

  @Override
  public int compareTo(ContentWal other) {
    return Comparator.comparing(ContentWal::content)
        .thenComparing(ContentWal::file)
        .compare(this, other);
  }

  private static List<ContentWal> of(ConsumeRecord.ContentAttempt content) {
    return content.missingWal().stream()
        .filter(WalFileName::isOne)
        .limit(OF_A_CONTENT)
        .map(file -> new ContentWal(content.content(), new WalFileName(file)))
        .toList();
  }
}
