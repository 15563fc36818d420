package dev.mooring.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.HistoryRecord;
import dev.mooring.evidence.HistoryRecord.HistoryRun;
import dev.mooring.evidence.SigningKey;
import dev.mooring.evidence.TrustedKeys;
import dev.mooring.topology.ClusterName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * A run's history in the evidence store: Temporal's own JSON of it, packed with gzip, and the
 * sealed record with its digest.
 */
public final class HistoryFormat {
  /** Far above Temporal's limit for a history (50 MB), which is larger as text. */
  private static final int PLAIN_AT_MOST = 512 * 1024 * 1024;

  private HistoryFormat() {}

  public static byte[] render(HistoryRecord record, SigningKey key) {
    return SealedJson.seal(tree(record), key);
  }

  /** Reads a record that must be intact. */
  public static Document<HistoryRecord> parse(byte[] bytes, TrustedKeys trusted) {
    return SealedJson.open(bytes, HistoryRecord.FORMAT_VERSION, trusted)
        .match(
            HistoryFormat::understood,
            refused -> new Document.Refused<>(refused.fault(), refused.reason()));
  }

  private static Document<HistoryRecord> understood(Document.Intact<ObjectNode> document) {
    try {
      HistoryRecord record = record(JsonFields.of(document.content()));
      JsonDifference.refuse(tree(record), document.content(), JsonDifference.Unknown.TOLERATED);
      return new Document.Intact<>(record, document.sha256(), document.keyId());
    } catch (UnreadableField e) {
      return new Document.Refused<>(Document.Fault.UNREADABLE, e.sentence());
    }
  }

  private static ObjectNode tree(HistoryRecord record) {
    HistoryRun run = record.run();
    return SealedJson.object()
        .put(SealedJson.VERSION, HistoryRecord.FORMAT_VERSION)
        .put("cluster", run.cluster().value())
        .put("runbook", run.runbook())
        .put("workflow_id", run.workflowId())
        .put("run", run.run())
        .put("original_run", run.originalRun())
        .put("outcome", record.outcome())
        .put("started_at", record.startedAt().toString())
        .put("closed_at", record.closedAt().toString())
        .put("events", record.events())
        .put("sha256", record.sha256());
  }

  private static HistoryRecord record(JsonFields fields) {
    HistoryRun run =
        new HistoryRun(
            fields.value("cluster", ClusterName::new),
            fields.text("runbook"),
            fields.text("workflow_id"),
            fields.text("run"),
            fields.text("original_run"));
    String outcome = fields.text("outcome");
    Instant startedAt = fields.value("started_at", Instant::parse);
    Instant closedAt = fields.value("closed_at", Instant::parse);
    int events = fields.smallNumber("events");
    String sha256 = fields.text("sha256");
    return fields.made(() -> new HistoryRecord(run, outcome, startedAt, closedAt, events, sha256));
  }

  /** The packed form of a history's JSON; the same text is always packed the same. */
  public static byte[] pack(String json) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream packing = new GZIPOutputStream(bytes)) {
      packing.write(json.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be packed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * A history's JSON.
   *
   * @throws IllegalArgumentException when that is none, or larger than any history is
   */
  public static String unpack(byte[] packed) {
    try (GZIPInputStream plain = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      byte[] bytes = plain.readNBytes(PLAIN_AT_MOST);
      if (bytes.length == PLAIN_AT_MOST) {
        throw new IllegalArgumentException(
            "it is larger than " + PLAIN_AT_MOST + " bytes, more than any history has");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalArgumentException("it can't be unpacked: " + e.getMessage(), e);
    }
  }
}
