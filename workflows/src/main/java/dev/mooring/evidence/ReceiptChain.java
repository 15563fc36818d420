package dev.mooring.evidence;

import dev.mooring.topology.ClusterName;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether the receipts of a cluster are those that were written, without a gap up to the last one.
 * The chain itself can't show that later ones were removed.
 */
public final class ReceiptChain {
  private ReceiptChain() {}

  /**
   * One receipt as it was found.
   *
   * @param sequence its number in the store
   * @param document its content
   */
  public record Link(long sequence, Document<ChainedReceipt> document) {}

  /** The result. */
  public sealed interface Verdict {

    /**
     * Every receipt is intact and names the one before.
     *
     * @param count how many
     * @param lastSha256 the digest of the last; empty when there is none
     */
    record Whole(long count, String lastSha256) implements Verdict {
      @Override
      public <R> R match(Function<Whole, R> whole, Function<Broken, R> broken) {
        return whole.apply(this);
      }
    }

    /**
     * Everything before this receipt is as it was written.
     *
     * @param sequence the first receipt that isn't
     */
    record Broken(long sequence, String reason) implements Verdict {
      @Override
      public <R> R match(Function<Whole, R> whole, Function<Broken, R> broken) {
        return broken.apply(this);
      }
    }

    /** One answer per variant. */
    <R> R match(Function<Whole, R> whole, Function<Broken, R> broken);
  }

  /** Follows the chain of a cluster from its first receipt. */
  public static Verdict verify(ClusterName cluster, List<Link> links) {
    List<Link> sorted = links.stream().sorted(Comparator.comparingLong(Link::sequence)).toList();
    String previous = "";
    for (int i = 0; i < sorted.size(); i++) {
      long expected = i + 1L;
      Link link = sorted.get(i);
      if (link.sequence() != expected) {
        return new Verdict.Broken(
            expected,
            link.sequence() < expected
                ? "receipt " + link.sequence() + " is there twice"
                : "receipt " + expected + " is missing, " + link.sequence() + " is there");
      }
      Optional<String> fault = fault(cluster, link, previous);
      if (fault.isPresent()) {
        return new Verdict.Broken(expected, "receipt " + expected + ": " + fault.get());
      }
      previous = link.document().match(Document.Intact::sha256, refused -> "");
    }
    return new Verdict.Whole(sorted.size(), previous);
  }

  /** The fault of one receipt whose predecessor has that digest. */
  private static Optional<String> fault(ClusterName cluster, Link link, String previous) {
    return link.document()
        .match(
            intact -> faultOf(cluster, link.sequence(), intact.content(), previous),
            refused -> Optional.of(refused.reason()));
  }

  private static Optional<String> faultOf(
      ClusterName cluster, long sequence, ChainedReceipt receipt, String previous) {
    if (receipt.sequence() != sequence) {
      return Optional.of("it was written as receipt " + receipt.sequence());
    }
    if (!receipt.receipt().run().cluster().equals(cluster)) {
      return Optional.of(
          "it is about " + receipt.receipt().run().cluster() + ", this is the chain of " + cluster);
    }
    if (!receipt.previousSha256().equals(previous)) {
      return Optional.of(
          "it names "
              + receipt.previousSha256()
              + " as the digest of the one before, which has "
              + previous);
    }
    return Optional.empty();
  }
}
