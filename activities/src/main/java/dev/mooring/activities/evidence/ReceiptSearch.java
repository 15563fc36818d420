package dev.mooring.activities.evidence;

import dev.mooring.activities.evidence.EvidenceReader.Entry;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.EvidenceActivities.RunsOf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The last receipts, and the last one of each of some runs, read one after the other from the
 * newest back. A person waits: beyond the first few the search ends after half a second, so that a
 * distant store costs no more than a near one, and after some hundred in any case.
 */
public final class ReceiptSearch {
  private static final int READ_ANYWAY = 16;
  private static final int READ_AT_MOST = 500;
  private static final Duration LONG_ENOUGH = Duration.ofMillis(500);

  private final long began = System.nanoTime();
  private final int atLeast;
  private final Set<RunsOf> left;
  private final Set<RunsOf> planned = new LinkedHashSet<>();
  private final List<Entry<ChainedReceipt>> last = new ArrayList<>();
  private final List<Entry<ChainedReceipt>> found = new ArrayList<>();
  private boolean doubtful;
  private int searched;

  /**
   * @param atLeast how many of the last receipts are read in any case
   * @param lastOf the runs whose last receipts are searched
   */
  ReceiptSearch(Iterator<Entry<ChainedReceipt>> newestFirst, int atLeast, List<RunsOf> lastOf) {
    this.atLeast = atLeast;
    this.left = new LinkedHashSet<>(lastOf);
    while ((searched < atLeast || goesOn()) && newestFirst.hasNext()) {
      take(newestFirst.next());
    }
    if (!left.isEmpty() && !doubtful && !newestFirst.hasNext()) {
      left.clear();
    }
  }

  private boolean goesOn() {
    return !left.isEmpty()
        && !doubtful
        && searched < READ_AT_MOST
        && (searched < READ_ANYWAY || System.nanoTime() - began < LONG_ENOUGH.toNanos());
  }

  private void take(Entry<ChainedReceipt> entry) {
    searched++;
    if (searched <= atLeast) {
      last.add(entry);
    }
    if (left.isEmpty() || doubtful) {
      return;
    }
    doubtful = entry.document().match(intact -> false, refused -> true);
    boolean wanted =
        entry.document().match(intact -> isLookedFor(intact.content().receipt()), refused -> true);
    if (wanted) {
      found.add(entry);
    }
  }

  /** A plan is not the ending of the last run; but the last one since then is a look, too. */
  private boolean isLookedFor(Receipt receipt) {
    RunsOf runs = RunsOf.of(receipt);
    return receipt.asked().planOnly()
        ? left.contains(runs) && planned.add(runs)
        : left.removeIf(wanted -> wanted.include(receipt));
  }

  /** The last receipts, newest first. */
  public List<Entry<ChainedReceipt>> last() {
    return List.copyOf(last);
  }

  /** The wanted receipts, newest first; a receipt that is not trusted ended the search. */
  public List<Entry<ChainedReceipt>> found() {
    return List.copyOf(found);
  }

  /** The runs of which none was met and older receipts were left unread. */
  public List<RunsOf> unfound() {
    return List.copyOf(left);
  }

  /** How many receipts were read. */
  public int searched() {
    return searched;
  }
}
