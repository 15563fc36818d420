package dev.mooring.evidence;

import dev.mooring.evidence.ConsumeRecord.Attempt;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A WAL file in the archive of one content. */
public record ContentWal(ContentId content, WalFileName file) implements Comparable<ContentWal> {
  /** Publishes that a bad file bars write receipts too, one each time. */
  private static final int RECEIPTS_AT_MOST = 500;

  private static final int OF_A_CONTENT = 4;

  /**
   * The files that consumers, or their plans, found missing or damaged since they last succeeded;
   * of each attempt the first few of each content.
   *
   * @param newestFirst is read until every consumer succeeded, and no further than some hundred
   */
  public static List<ContentWal> found(Iterator<Receipt> newestFirst, List<SiteName> consumers) {
    List<String> left = new ArrayList<>();
    consumers.forEach(site -> left.add(site.value()));
    Set<ContentWal> files = new LinkedHashSet<>();
    for (int read = 0;
        read < RECEIPTS_AT_MOST && !left.isEmpty() && newestFirst.hasNext();
        read++) {
      Receipt receipt = newestFirst.next();
      if (receipt.seen().consume() instanceof Attempt attempt
          && left.contains(receipt.run().scope())) {
        attempt.contents().forEach(content -> files.addAll(of(content)));
        if (attempt.status() == ConsumeRecord.Status.SUCCESS) {
          left.remove(receipt.run().scope());
        }
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
