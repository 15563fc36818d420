package dev.mooring.activities.evidence;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.ReceiptFormat;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The receipts of one cluster in a store, one file per number. */
final class ReceiptDocuments {
  private static final Pattern FILE = Pattern.compile("(\\d{8,18})\\.json");
  private static final Pattern HINT = Pattern.compile("\\s*(\\d{1,18})\\s*");

  private final EvidenceFiles files;
  private final TrustedKeys trusted;
  private final EvidencePaths paths;

  ReceiptDocuments(EvidenceFiles files, ClusterName cluster, TrustedKeys trusted) {
    this.files = files;
    this.trusted = trusted;
    this.paths = new EvidencePaths(cluster);
  }

  /** The numbers there are, the last first. */
  List<Long> sequences() {
    return files.list(paths.receipts()).stream()
        .map(FILE::matcher)
        .filter(Matcher::matches)
        .map(file -> Long.valueOf(file.group(1)))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /**
   * The last number, or 0. The hint saves listing thousands of files; the files decide: from an old
   * hint the search goes forward, and a hint that names no file is not used.
   */
  long last() {
    long last = hint().filter(this::isThere).orElseGet(this::lastListed);
    while (isThere(last + 1)) {
      last++;
    }
    return last;
  }

  /** Notes the last number for the next writer. */
  void hint(long last) {
    files.writeAtomically(paths.receiptHint(), (last + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private Optional<Long> hint() {
    return files
        .read(paths.receiptHint())
        .map(bytes -> HINT.matcher(new String(bytes, StandardCharsets.UTF_8)))
        .filter(Matcher::matches)
        .map(hint -> Long.valueOf(hint.group(1)));
  }

  private long lastListed() {
    return sequences().stream().findFirst().orElse(0L);
  }

  private boolean isThere(long sequence) {
    return bytes(sequence).isPresent();
  }

  Optional<byte[]> bytes(long sequence) {
    return files.read(paths.receipt(sequence));
  }

  /** The digest of a receipt's bytes, if there is one of that number. */
  Optional<String> digest(long sequence) {
    return bytes(sequence).map(Sha256::of);
  }

  String where(long sequence) {
    return files.where(paths.receipt(sequence));
  }

  Document<ChainedReceipt> parsed(byte[] bytes) {
    return ReceiptFormat.parse(bytes, trusted);
  }

  /** A receipt that must be there and intact. */
  Document.Intact<ChainedReceipt> intact(long sequence) {
    byte[] bytes =
        files
            .readNamed(paths.receipt(sequence))
            .orElseThrow(
                () ->
                    EvidenceFailures.refused(
                        Document.Fault.SEAL_BROKEN,
                        "receipt " + where(sequence) + " is missing, later ones are there"));
    return parsed(bytes)
        .match(
            intact -> intact,
            refused -> {
              throw EvidenceFailures.refused(
                  refused.fault(), "receipt " + where(sequence) + ": " + refused.reason());
            });
  }
}
