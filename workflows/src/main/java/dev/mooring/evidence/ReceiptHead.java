package dev.mooring.evidence;

import dev.mooring.topology.HostName;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The newest receipt of a cluster that a host recorded. Who may only delete in the evidence store
 * can't change it there: so receipts removed from the end of the chain are noticed.
 *
 * @param host the host that recorded it
 * @param sequence the receipt's number; 0 if the host's record can't be read
 * @param sha256 the digest of its bytes
 * @param at when, by the host's clock, as ISO 8601
 */
public record ReceiptHead(HostName host, long sequence, String sha256, String at) {
  private static final Pattern LINE =
      Pattern.compile("([1-9]\\d{0,17}) ([0-9a-f]{64}) ([0-9TZ:-]{20})\\s*");

  /** Reads a host's record. */
  public static ReceiptHead parse(HostName host, String line) {
    Matcher head = LINE.matcher(line);
    return head.matches()
        ? new ReceiptHead(host, Long.parseLong(head.group(1)), head.group(2), head.group(3))
        : new ReceiptHead(host, 0, "", "");
  }

  /** Whether the host's record could be read. */
  public boolean isRead() {
    return sequence > 0;
  }

  /** The receipt, or the record if that can't be read. */
  public String document() {
    return isRead() ? "receipt " + sequence : "evidence.head";
  }

  /**
   * The fault if receipts were removed from a store since: this very receipt must be there. Of a
   * record that can't be read nothing is known.
   *
   * @param digests the digest of the receipt with that number in the store; empty if it is missing
   */
  public Optional<String> fault(LongFunction<Optional<String>> digests) {
    if (!isRead()) {
      return Optional.of(
          "the record of the newest receipt on host " + host + ", evidence.head, can't be read");
    }
    Optional<String> there = digests.apply(sequence);
    return there.filter(sha256::equals).isPresent()
        ? Optional.empty()
        : Optional.of(
            String.format(
                "host %s recorded it at %s with digest %s; in the store it %s",
                host, at, sha256, there.map(other -> "has " + other).orElse("is missing")));
  }
}
