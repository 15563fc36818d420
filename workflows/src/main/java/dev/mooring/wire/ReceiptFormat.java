package dev.mooring.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.ChainedReceipt;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.evidence.Seal;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The receipt in the evidence store: JSON for people, sealed and chained, with the fields of the
 * reference tool's receipts if the run consumed a restore point.
 *
 * <p>Older versions may read a receipt, so an unknown field is ignored; the seal still covers it.
 * Every known field is read strictly.
 */
public final class ReceiptFormat {
  private ReceiptFormat() {}

  public static byte[] render(ChainedReceipt receipt, SigningKey key) {
    return SealedJson.seal(ReceiptTree.of(receipt), key);
  }

  /** Reads a receipt that must be intact. */
  public static Document<ChainedReceipt> parse(byte[] bytes, TrustedKeys trusted) {
    return SealedJson.open(bytes, ChainedReceipt.FORMAT_VERSION, trusted)
        .match(
            ReceiptFormat::understood,
            refused -> new Document.Refused<>(refused.fault(), refused.reason()));
  }

  /**
   * What a receipt claims, if it can be read at all; nothing is proved. It shows which of many
   * receipts are worth a proof, which takes one or two milliseconds each.
   */
  public static Optional<Claim> claim(byte[] bytes) {
    try {
      JsonFields fields = JsonFields.of(SealedJson.parse(bytes));
      return Optional.of(new Claim(fields.text("run"), fields.value("written_at", Instant::parse)));
    } catch (UnreadableField e) {
      return Optional.empty();
    }
  }

  /**
   * What a receipt claims.
   *
   * @param run the original run id
   * @param writtenAt when it was written
   */
  public record Claim(String run, Instant writtenAt) {}

  private static Document<ChainedReceipt> understood(Document.Intact<ObjectNode> document) {
    try {
      ChainedReceipt receipt = chained(JsonFields.of(document.content()));
      JsonDifference.refuse(
          ReceiptTree.of(receipt), document.content(), JsonDifference.Unknown.TOLERATED);
      return new Document.Intact<>(receipt, document.sha256(), document.keyId());
    } catch (UnreadableField e) {
      return new Document.Refused<>(Document.Fault.UNREADABLE, e.sentence());
    }
  }

  private static ChainedReceipt chained(JsonFields fields) {
    Receipt receipt =
        new Receipt(
            run(fields),
            asked(fields.object("asked")),
            ending(fields.object("ending")),
            fields.objects("steps").stream().map(ReceiptFormat::step).toList(),
            new Receipt.Seen(
                fields.objects("proofs").stream().map(ReceiptFormat::proof).toList(),
                fields.texts("degraded"),
                consume(fields)),
            fields.has("decisions")
                ? fields.objects("decisions").stream().map(ReceiptFormat::decision).toList()
                : List.of(),
            fields.has("plans")
                ? fields.objects("plans").stream().map(ReceiptFormat::plan).toList()
                : List.of());
    long sequence = fields.number("sequence");
    String previous = fields.textOrNull("previous_sha256");
    Instant writtenAt = fields.value("written_at", Instant::parse);
    List<ContentWal.Found> bad =
        fields.has(ReceiptTree.FOUND_BAD)
            ? fields.objects(ReceiptTree.FOUND_BAD).stream().map(ReceiptFormat::found).toList()
            : List.of();
    return fields.made(() -> new ChainedReceipt(sequence, previous, writtenAt, receipt, bad));
  }

  private static ContentWal.Found found(JsonFields fields) {
    int content = fields.smallNumber("content");
    WalFileName file = fields.value("file", WalFileName::new);
    boolean damaged = fields.flag("damaged");
    int points = fields.smallNumber("points");
    return fields.made(
        () -> new ContentWal.Found(new ContentWal(new ContentId(content), file), damaged, points));
  }

  private static Receipt.RunReference run(JsonFields fields) {
    return new Receipt.RunReference(
        fields.text("runbook"),
        fields.value("cluster", ClusterName::new),
        fields.text("scope"),
        fields.text("workflow_id"),
        fields.text("run"));
  }

  private static Receipt.Asked asked(JsonFields fields) {
    return new Receipt.Asked(
        fields.text("request"),
        fields.text("by"),
        fields.text("reason"),
        fields.text("cluster_file_digest"),
        fields.textOrAbsent(ReceiptTree.MODE).equals(ReceiptTree.PLAN));
  }

  private static Receipt.Ending ending(JsonFields fields) {
    return new Receipt.Ending(
        fields.text("outcome"),
        fields.text("code"),
        fields.text("headline"),
        fields.text("restore_point"),
        fields.value("at", Instant::parse));
  }

  private static Receipt.StepRecord step(JsonFields fields) {
    return new Receipt.StepRecord(
        fields.text("step"),
        fields.text("verb"),
        fields.value("started_at", Instant::parse),
        fields.value("ended_at", Instant::parse),
        fields.text("result"));
  }

  private static Receipt.DecisionRecord decision(JsonFields fields) {
    return new Receipt.DecisionRecord(
        fields.text("decision"),
        fields.text("about"),
        fields.text("by"),
        fields.text("reason"),
        fields.value("at", Instant::parse),
        fields.has(ReceiptTree.SIGNED)
            ? List.of(signature(fields.object(ReceiptTree.SIGNED)))
            : List.of(),
        fields.flagOrAbsent(ReceiptTree.UNSIGNED));
  }

  private static Receipt.ApprovalSignature signature(JsonFields fields) {
    return new Receipt.ApprovalSignature(
        fields.text("key_id"),
        fields.value("signature", ReceiptFormat::base64),
        fields.value("at", Instant::parse));
  }

  private static String base64(String signature) {
    Seal.bytes(signature);
    return signature;
  }

  private static Receipt.ProofRecord proof(JsonFields fields) {
    return new Receipt.ProofRecord(fields.text("subject"), FactsJson.read(fields, "facts"));
  }

  private static Receipt.PlanRecord plan(JsonFields fields) {
    return new Receipt.PlanRecord(
        fields.text("digest"),
        fields.text("request"),
        fields.texts("objects"),
        fields.texts("steps"),
        FactsJson.read(fields, "measured"));
  }

  private static ConsumeRecord consume(JsonFields fields) {
    if (fields.isNull("consume")) {
      return new ConsumeRecord.None();
    }
    JsonFields consume = fields.object("consume");
    return new ConsumeRecord.Attempt(
        consume.textOrNull("current"),
        consume.value("target", RestorePointName::new),
        consume.value("status", ReceiptFormat::status),
        ManifestReading.seconds(consume, "waited_secs"),
        consume.objects("contents").stream().map(ReceiptFormat::content).toList());
  }

  private static ConsumeRecord.Status status(String text) {
    return Arrays.stream(ConsumeRecord.Status.values())
        .filter(status -> status.text().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("is no status: '" + text + "'"));
  }

  private static ConsumeRecord.ContentAttempt content(JsonFields fields) {
    int content = fields.smallNumber("content");
    return new ConsumeRecord.ContentAttempt(
        fields.made(() -> new ContentId(content)),
        fields.value("target_lsn", Lsn::parse),
        fields.textOrNull("reached"),
        fields.texts("missing_wal"));
  }
}
