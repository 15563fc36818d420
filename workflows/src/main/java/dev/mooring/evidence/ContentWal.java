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

  private static final int OF_A_CONTENT = 4;

  /**
   * The files that consumes, or their plans, found missing or damaged since the last point but one
   * was made; what was found before that the publish of the last point has read again. Of each
   * attempt the first few of each content.
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
      } else if (receipt.run().runbook().equals("PublishCycle")
          && receipt.ending().outcome().equals("COMPLETED")) {
        points++;
      }
    }
    return new ArrayList<>(files);
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
