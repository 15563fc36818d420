package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ArchiveEvidence;
import dev.mooring.evidence.Archiver;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.ConsumeRecord.ContentAttempt;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SampleKeys;
import dev.mooring.evidence.SampleManifests;
import dev.mooring.evidence.SampleReceipts;
import dev.mooring.topology.ContentId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever a manifest or receipt says comes back as it was, and only so. */
class EvidenceFormatProperties {

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void a_manifest_comes_back_as_it_was(@ForAll("manifests") Manifest manifest) {
    byte[] bytes = ManifestFormat.render(manifest, SampleKeys.signing());
    assertThat(content(ManifestFormat.parse(bytes, SampleKeys.trusted()))).isEqualTo(manifest);
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
  void a_receipt_comes_back_as_it_was(@ForAll("receipts") ChainedReceipt receipt) {
    byte[] bytes = ReceiptFormat.render(receipt, SampleKeys.signing());
    assertThat(content(ReceiptFormat.parse(bytes, SampleKeys.trusted()))).isEqualTo(receipt);
  }

  @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
  void some_bytes_altered_together_are_refused(
      @ForAll @Size(min = 1, max = 5) List<@IntRange(max = 1_000_000) Integer> positions,
      @ForAll @IntRange(min = 1, max = 255) int change) {
    byte[] altered = ManifestFormat.render(SampleManifests.ready(1, 2), SampleKeys.signing());
    positions.stream().distinct().forEach(p -> altered[p % altered.length] = (byte) change);
    byte[] golden = Golden.bytes("manifest.json");
    Document<Manifest> document = ManifestFormat.parse(altered, SampleKeys.trusted());
    if (Arrays.equals(altered, golden)) {
      assertThat(content(document)).isEqualTo(SampleManifests.ready(1, 2));
    } else {
      assertThat(document).isInstanceOf(Document.Refused.class);
    }
  }

  @Provide
  Arbitrary<Manifest> manifests() {
    Arbitrary<Manifest> bases =
        Combinators.combine(
                Arbitraries.integers().between(0, 100),
                Arbitraries.integers().between(1, 5),
                Arbitraries.of(true, false))
            .as(
                (n, c, ready) ->
                    ready ? SampleManifests.ready(n, c) : SampleManifests.pending(n, c));
    return Combinators.combine(bases, texts(), archivers(), texts().list().ofMaxSize(3), seconds())
        .as(EvidenceFormatProperties::saying);
  }

  private static Manifest saying(
      Manifest base, String directory, Archiver archiver, List<String> reasons, Duration waited) {
    List<ArchiveEvidence.ContentArchive> archives =
        base.contentIds().stream()
            .map(content -> new ArchiveEvidence.ContentArchive(content, directory, archiver))
            .toList();
    ArchiveEvidence archive =
        new ArchiveEvidence(
            archives,
            new ArchiveEvidence.Waiting(waited, Duration.ofSeconds(2), waited, Instant.EPOCH));
    List<String> said = base.isReady() || reasons.isEmpty() ? base.reasons() : reasons;
    List<ContentWal> overridden =
        base.contents().stream()
            .limit(reasons.size())
            .map(one -> new ContentWal(one.target().content(), one.target().walFile()))
            .toList();
    return new Manifest(
        base.header(), base.contents(), base.proofs(), archive, said, List.of(), overridden);
  }

  private static Arbitrary<Archiver> archivers() {
    Arbitrary<Long> counts = Arbitraries.longs().greaterOrEqual(0);
    return Combinators.combine(counts, texts(), texts(), counts, texts(), texts())
        .as(Archiver::new);
  }

  @Provide
  Arbitrary<ChainedReceipt> receipts() {
    Arbitrary<Receipt> receipts =
        Combinators.combine(texts(), texts(), texts(), attempts())
            .as(EvidenceFormatProperties::receipt);
    return Combinators.combine(Arbitraries.longs().between(1, Long.MAX_VALUE), receipts)
        .as(SampleReceipts::chained);
  }

  private static Receipt.DecisionRecord approval(
      String by, String reason, String about, Instant at) {
    String signature = SampleKeys.signing().seal(new byte[] {1}).value();
    return new Receipt.DecisionRecord(
        "approve",
        about,
        by,
        reason,
        at,
        about.isEmpty()
            ? List.of()
            : List.of(new Receipt.ApprovalSignature(SampleKeys.signing().id(), signature, at)),
        about.isEmpty());
  }

  private static Receipt receipt(
      String by, String headline, String value, ConsumeRecord.Attempt attempt) {
    Receipt base = SampleReceipts.publish(1);
    Receipt.Ending ending = new Receipt.Ending("FAILED", "CODE", headline, "", base.ending().at());
    return new Receipt(
        base.run(),
        new Receipt.Asked(value, by, headline, ""),
        ending,
        base.steps(),
        new Receipt.Seen(
            List.of(new Receipt.ProofRecord(by, List.of(new Receipt.Fact(value, headline)))),
            List.of(headline),
            attempt),
        by.isEmpty() ? List.of() : List.of(approval(by, headline, value, ending.at())),
        value.isEmpty()
            ? List.of()
            : List.of(
                new Receipt.PlanRecord(
                    value,
                    headline,
                    List.of(by),
                    List.of(headline),
                    List.of(new Receipt.Fact(value, by, by.isEmpty())))));
  }

  private static Arbitrary<ConsumeRecord.Attempt> attempts() {
    return Combinators.combine(
            texts(),
            Arbitraries.of(ConsumeRecord.Status.class),
            seconds(),
            texts(),
            texts().list().ofMaxSize(3))
        .as(
            (current, status, waited, reached, missing) ->
                new ConsumeRecord.Attempt(
                    current,
                    SampleManifests.nameOf(3),
                    status,
                    waited,
                    List.of(
                        new ContentAttempt(
                            ContentId.COORDINATOR, SampleManifests.lsn(3, 0), reached, List.of()),
                        new ContentAttempt(
                            new ContentId(0), SampleManifests.lsn(3, 0), "", missing))));
  }

  private static Arbitrary<Duration> seconds() {
    return Arbitraries.longs().between(0, 1L << 40).map(Duration::ofSeconds);
  }

  /** Anything but halves of characters, which no text from outside holds. */
  private static Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withCharRange('\0', '\uD7FF').ofMaxLength(20),
        Arbitraries.of("", "\"}", "\\u0041\\", "Grüße \uD83D\uDEA2", "\u2028", "null"));
  }

  private static <T> T content(Document<T> document) {
    return document.match(
        Document.Intact::content,
        refused -> {
          throw new AssertionError(refused.reason());
        });
  }
}
