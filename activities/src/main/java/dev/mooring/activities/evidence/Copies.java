package dev.mooring.activities.evidence;

import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Sha256;
import dev.mooring.evidence.SiteState;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.wire.HistoryFormat;
import dev.mooring.wire.ManifestFormat;
import dev.mooring.wire.ReceiptFormat;
import dev.mooring.wire.SiteStateFormat;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which of several copies of a document is to be believed. */
final class Copies {
  private final TrustedKeys trusted;

  Copies(TrustedKeys trusted) {
    this.trusted = trusted;
  }

  /**
   * A copy.
   *
   * @param copy its bytes
   * @param at the time in it; nothing if it is not intact, or has no seal; for a history, which its
   *     name's digest proves, the epoch
   */
  record Chosen(ByteBuffer copy, Optional<Instant> at) {
    byte[] bytes() {
      byte[] bytes = new byte[copy.remaining()];
      copy.duplicate().get(bytes);
      return bytes;
    }
  }

  /**
   * Prefers an intact copy; among replaced documents the newest; then the copy that most stores
   * have, then the first store's.
   *
   * @param found in the order of the stores
   */
  Optional<Chosen> choose(String path, Collection<byte[]> found) {
    Map<ByteBuffer, Integer> counts = new LinkedHashMap<>();
    found.forEach(bytes -> counts.merge(ByteBuffer.wrap(bytes), 1, Integer::sum));
    boolean replaced = EvidencePaths.isReplaced(path);
    Comparator<Chosen> better =
        Comparator.<Chosen, Boolean>comparing(copy -> copy.at().isEmpty())
            .thenComparing(
                copy -> replaced ? copy.at().orElse(Instant.MIN) : Instant.MIN,
                Comparator.reverseOrder())
            .thenComparing(copy -> counts.getOrDefault(copy.copy(), 0), Comparator.reverseOrder());
    List<Chosen> copies =
        counts.keySet().stream()
            .map(copy -> new Chosen(copy, Optional.empty()))
            .map(copy -> new Chosen(copy.copy(), at(path, copy.bytes())))
            .toList();
    return copies.stream().min(better);
  }

  private Optional<Instant> at(String path, byte[] bytes) {
    if (path.contains("/receipts/") && EvidencePaths.isWrittenOnce(path)) {
      return ReceiptFormat.parse(bytes, trusted).match(Copies::receipt, r -> Optional.empty());
    }
    if (EvidencePaths.isOfManifests(path)) {
      return ManifestFormat.parse(bytes, trusted).match(Copies::manifest, r -> Optional.empty());
    }
    if (EvidencePaths.isHistoryRecord(path)) {
      return HistoryFormat.parse(bytes, trusted).match(Copies::history, r -> Optional.empty());
    }
    if (EvidencePaths.isHistory(path)) {
      return EvidencePaths.isNamedByDigest(path, Sha256.of(bytes))
          ? Optional.of(Instant.EPOCH)
          : Optional.empty();
    }
    return EvidencePaths.isReplaced(path)
        ? SiteStateFormat.parse(bytes, trusted).match(Copies::state, r -> Optional.empty())
        : Optional.empty();
  }

  private static Optional<Instant> receipt(Document.Intact<ChainedReceipt> receipt) {
    return Optional.of(receipt.content().writtenAt());
  }

  private static Optional<Instant> manifest(Document.Intact<Manifest> manifest) {
    return Optional.of(manifest.content().header().createdAt());
  }

  private static Optional<Instant> history(Document.Intact<HistoryRecord> record) {
    return Optional.of(record.content().closedAt());
  }

  private static Optional<Instant> state(Document.Intact<SiteState> state) {
    return Optional.of(state.content().provedAt());
  }
}
