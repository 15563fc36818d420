package dev.mooring.starter.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Document;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SiteState;
import dev.mooring.starter.look.EvidenceFacts;
import dev.mooring.starter.look.EvidenceFacts.ReceiptSeen;
import dev.mooring.starter.look.EvidenceFacts.SiteEvidence;
import java.io.IOException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Status for programs. The fields {@code mode}, {@code latest}, {@code state}, {@code
 * last_receipt}, {@code notes} and {@code recent_receipts} are those of the reference tool's {@code
 * status --format json} in its DR mode and mean the same; the others are ours.
 */
public final class StatusJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private StatusJson() {}

  /** The report as indented JSON, with so many receipts. */
  public static String of(StatusFacts facts, StatusReport report, int receipts) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("mode", "dr");
    reference(json, facts.evidence().seen(), receipts);
    ArrayNode notes = json.putArray("notes");
    report.findings().forEach(finding -> notes.add(finding.fact()));
    json.put("cluster", facts.cluster().name().value());
    json.put("checked_at_utc", facts.now().truncatedTo(ChronoUnit.SECONDS).toString());
    json.put("exit_code", report.exitCode().status());
    json.put("verdict", String.join("; ", report.verdicts()));
    sites(json.putArray("sites"), facts);
    instances(json.putArray("instances"), report.instances());
    report.runs().forEach(json.putArray("runs")::add);
    findings(json.putArray("findings"), report.findings());
    return json.toPrettyString();
  }

  private static void reference(ObjectNode json, Optional<EvidenceFacts> evidence, int receipts) {
    Optional<Manifest> latest =
        evidence.flatMap(EvidenceFacts::latest).flatMap(StatusJson::content);
    Optional<String> target = latest.map(manifest -> manifest.name().value());
    ObjectNode shown = json.putObject("latest");
    shown.put("restore_point", target.orElse(null));
    shown.put("ready", latest.map(Manifest::isReady).orElse(null));
    ObjectNode state = json.putObject("state");
    state.put(
        "current_restore_point",
        evidence
            .flatMap(e -> e.sites().stream().findFirst())
            .flatMap(StatusJson::current)
            .orElse(null));
    state.put("target_restore_point", target.orElse(null));
    List<ReceiptSeen> all = evidence.map(EvidenceFacts::receipts).orElse(List.of());
    json.set("last_receipt", last(all));
    ArrayNode recent = json.putArray("recent_receipts");
    all.stream().limit(receipts).forEach(seen -> recent.add(receipt(seen)));
  }

  private static Optional<String> current(SiteEvidence site) {
    return site.state().flatMap(StatusJson::content).map(s -> s.restorePoint().value());
  }

  private static <T> Optional<T> content(Document<T> document) {
    return document.match(intact -> Optional.of(intact.content()), refused -> Optional.empty());
  }

  /** The last attempt to consume; a publish leaves none of these fields. */
  private static ObjectNode last(List<ReceiptSeen> receipts) {
    ObjectNode last = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("file", "status", "checked_at_utc", "waited_secs")) {
      last.putNull(field);
    }
    for (ReceiptSeen seen : receipts) {
      Optional<Receipt> receipt = content(seen.document()).map(chained -> chained.receipt());
      if (receipt.isPresent()
          && receipt.get().seen().consume() instanceof ConsumeRecord.Attempt attempt) {
        last.put("file", seen.path());
        last.put("status", attempt.status().text());
        last.put(
            "checked_at_utc",
            receipt.get().ending().at().truncatedTo(ChronoUnit.SECONDS).toString());
        last.put("waited_secs", attempt.waited().toSeconds());
        return last;
      }
    }
    return last;
  }

  private static JsonNode receipt(ReceiptSeen seen) {
    ObjectNode shown = JsonNodeFactory.instance.objectNode().put("_file", seen.path());
    return seen.document()
        .match(
            intact -> whole(shown, seen.text()),
            refused -> shown.put("_refused", refused.reason()));
  }

  private static ObjectNode whole(ObjectNode shown, String text) {
    try {
      return shown.setAll((ObjectNode) MAPPER.readTree(text));
    } catch (IOException unreadable) {
      throw new IllegalStateException("an intact receipt is no JSON", unreadable);
    }
  }

  private static void sites(ArrayNode sites, StatusFacts facts) {
    for (SiteEvidence site : facts.evidence().seen().map(EvidenceFacts::sites).orElse(List.of())) {
      ObjectNode shown = sites.addObject().put("site", site.site().value());
      Optional<SiteState> state = site.state().flatMap(StatusJson::content);
      shown.put("restore_point", state.map(s -> s.restorePoint().value()).orElse(null));
      shown.put("proved_at_utc", state.map(s -> s.provedAt().toString()).orElse(null));
      shown.put("instances_proved", state.map(s -> s.instances().size()).orElse(0));
    }
  }

  private static void instances(ArrayNode instances, List<InstanceRow> rows) {
    for (InstanceRow row : rows) {
      ObjectNode shown = instances.addObject();
      shown.put("content", row.content());
      shown.put("instance", row.instance());
      shown.put("site", row.site());
      shown.put("host", row.host());
      shown.put("state", row.state());
      shown.put("timeline", row.timeline());
      shown.put("lsn", row.lsn());
      shown.put("floor", row.floor());
      shown.put("archive", row.archive());
    }
  }

  private static void findings(ArrayNode findings, List<Finding> found) {
    for (Finding finding : found) {
      ObjectNode shown = findings.addObject();
      shown.put("level", finding.level().name().toLowerCase(Locale.ROOT));
      shown.put("fact", finding.fact());
      shown.put("remedy", finding.remedy());
    }
  }
}
