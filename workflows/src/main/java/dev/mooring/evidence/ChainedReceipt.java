package dev.mooring.evidence;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * A receipt in its cluster's chain: numbered from 1 without a gap, each with the digest of the one
 * before, so that none can be removed or inserted unnoticed.
 *
 * @param sequence its number
 * @param previousSha256 the digest of the bytes of the receipt before; empty for the first
 * @param writtenAt when it was written, by its writer's clock
 * @param receipt the receipt of the run
 * @param foundBad the WAL files that receipts before it name, so that these need not be read
 */
public record ChainedReceipt(
    long sequence,
    String previousSha256,
    Instant writtenAt,
    Receipt receipt,
    List<ContentWal.Found> foundBad) {
  /** The only format this version writes and reads. */
  public static final int FORMAT_VERSION = 1;

  public ChainedReceipt {
    foundBad = List.copyOf(foundBad);
    writtenAt = writtenAt.truncatedTo(ChronoUnit.MILLIS);
    if (sequence < 1) {
      throw new IllegalArgumentException("receipts are numbered from 1, got " + sequence);
    }
    if (sequence == 1 ? !previousSha256.isEmpty() : !previousSha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "receipt "
              + sequence
              + (sequence == 1 ? " has none before it" : " names the digest of the one before it")
              + ", got '"
              + previousSha256
              + "'");
    }
  }

  /** The next of a chain, or its first. */
  public static ChainedReceipt after(
      Optional<Document.Intact<ChainedReceipt>> last, Instant writtenAt, Receipt receipt) {
    return new ChainedReceipt(
        last.map(one -> one.content().sequence()).orElse(0L) + 1,
        last.map(Document.Intact::sha256).orElse(""),
        writtenAt,
        receipt,
        last.map(Document.Intact::content).map(ContentWal::foundUpTo).orElse(List.of()));
  }
}
