package dev.mooring.starter.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.status.ArchiveFloor;
import dev.mooring.runbook.status.InstanceRow;
import dev.mooring.runbook.status.MemberRow;
import dev.mooring.runbook.status.StatusResult;
import dev.mooring.starter.console.ExitCode;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Status for programs. The fields {@code mode}, {@code latest}, {@code state}, {@code
 * last_receipt}, {@code notes} and {@code recent_receipts} are those of the reference tool's {@code
 * status --format json} in its DR mode, with the same meaning; the others are Mooring's.
 */
public final class StatusJson {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private StatusJson() {}

  /** The report as indented JSON, with so many receipts. */
  public static String of(StatusResult result, int receipts) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("mode", "dr");
    reference(json, result.evidence().stream().findFirst(), receipts);
    ArrayNode notes = json.putArray("notes");
    result.findings().forEach(finding -> notes.add(finding.asFinding()));
    json.put("cluster", result.cluster().value());
    json.put("checked_at_utc", result.lookedAt().truncatedTo(ChronoUnit.SECONDS).toString());
    json.put("exit_code", ExitCode.of(result.worst()).status());
    json.put("verdict", String.join("; ", result.verdicts()));
    sites(json.putArray("sites"), result);
    instances(json.putArray("instances"), result.instances());
    if (!result.members().isEmpty()) {
      members(json.putArray("members"), result.members());
    }
    archiveFloors(json.putArray("archive_floors"), result.archiveFloors());
    result.runs().forEach(json.putArray("runs")::add);
    findings(json.putArray("findings"), result.findings());
    return json.toPrettyString();
  }

  private static void reference(
      ObjectNode json, Optional<EvidenceObserved> evidence, int receipts) {
    Optional<Manifest.Header> latest =
        evidence.flatMap(
            e ->
                e.latest() instanceof LatestSeen.Ready ready
                    ? Optional.of(ready.header())
                    : Optional.empty());
    Optional<String> target = latest.map(header -> header.restorePoint().value());
    ObjectNode shown = json.putObject("latest");
    shown.put("restore_point", target.orElse(null));
    shown.put("ready", latest.map(header -> true).orElse(null));
    ObjectNode state = json.putObject("state");
    state.put(
        "current_restore_point",
        evidence
            .flatMap(e -> e.sites().stream().findFirst())
            .flatMap(StatusJson::current)
            .orElse(null));
    state.put("target_restore_point", target.orElse(null));
    List<ReceiptSeen> all = evidence.map(EvidenceObserved::receipts).orElse(List.of());
    json.set("last_receipt", last(evidence));
    ArrayNode recent = json.putArray("recent_receipts");
    all.stream().limit(receipts).forEach(seen -> recent.add(receipt(seen)));
  }

  private static Optional<String> current(SiteSeen site) {
    return state(site).map(s -> s.restorePoint().value());
  }

  private static Optional<SiteState> state(SiteSeen site) {
    return site.state() instanceof StateSeen.Known known
        ? Optional.of(known.state())
        : Optional.empty();
  }

  /** The last attempt to consume; a publish leaves none of these fields. */
  private static ObjectNode last(Optional<EvidenceObserved> evidence) {
    ObjectNode last = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("file", "status", "checked_at_utc", "waited_secs")) {
      last.putNull(field);
    }
    List<ReceiptSeen> receipts =
        evidence.stream()
            .flatMap(
                seen -> Stream.concat(seen.receipts().stream(), seen.lastRuns().found().stream()))
            .toList();
    for (ReceiptSeen seen : receipts) {
      if (seen.read() instanceof ReceiptRead.Intact intact
          && !intact.receipt().asked().planOnly()
          && intact.receipt().seen().consume() instanceof ConsumeRecord.Attempt attempt) {
        last.put("file", seen.path());
        last.put("status", attempt.status().text());
        last.put(
            "checked_at_utc",
            intact.receipt().ending().at().truncatedTo(ChronoUnit.SECONDS).toString());
        last.put("waited_secs", attempt.waited().toSeconds());
        return last;
      }
    }
    return last;
  }

  private static JsonNode receipt(ReceiptSeen seen) {
    ObjectNode shown = JsonNodeFactory.instance.objectNode().put("_file", seen.path());
    if (seen.read() instanceof ReceiptRead.Refused refused) {
      return shown.put("_refused", refused.reason());
    }
    return seen.text().isEmpty()
        ? shown.put("_omitted", "with the receipts before it, it is too long to be shown here")
        : whole(shown, seen.text());
  }

  private static ObjectNode whole(ObjectNode shown, String text) {
    try {
      return shown.setAll((ObjectNode) MAPPER.readTree(text));
    } catch (IOException unreadable) {
      throw new IllegalStateException("an intact receipt is no JSON", unreadable);
    }
  }

  private static void sites(ArrayNode sites, StatusResult result) {
    for (SiteSeen site : result.evidence().stream().flatMap(e -> e.sites().stream()).toList()) {
      ObjectNode shown = sites.addObject().put("site", site.site().value());
      Optional<SiteState> state = state(site);
      shown.put("restore_point", state.map(s -> s.restorePoint().value()).orElse(null));
      shown.put("proved_at_utc", state.map(s -> s.provedAt().toString()).orElse(null));
      shown.put("instances_proved", state.map(s -> s.instances().size()).orElse(0));
    }
  }

  private static void instances(ArrayNode instances, List<InstanceRow> rows) {
    for (InstanceRow row : rows) {
      ObjectNode shown = instances.addObject();
      shown.put("content", row.content().toString());
      shown.put("instance", row.instance().value());
      shown.put("site", row.site().value());
      shown.put("host", row.host().value());
      shown.put("state", row.state());
      shown.put("timeline", row.timeline());
      shown.put("lsn", row.lsn());
      shown.put("floor", row.floor());
      shown.put("archive", row.archive());
      shown.put("system_identifier", row.system());
    }
  }

  private static void members(ArrayNode members, List<MemberRow> rows) {
    for (MemberRow row : rows) {
      ObjectNode shown = members.addObject();
      shown.put("instance", row.instance().value());
      shown.put("site", row.site().value());
      shown.put("host", row.host().value());
      shown.put("role", row.role());
      shown.put("state", row.state());
      shown.put("timeline", row.place().timeline());
      shown.put("lsn", row.place().walEnd());
      shown.put("replayed_lsn", row.place().replayed());
      shown.put("read_from", row.place().readFrom());
      shown.put("lag_bytes", number(row.stream().lag().bytes()));
      shown.put("lag_bytes_limit", row.stream().lag().limits().bytes());
      shown.put("replay_lag_seconds", decimal(row.stream().lag().seconds()));
      shown.put("replay_lag_seconds_limit", decimal(row.stream().lag().limits().seconds()));
      shown.put("heard_seconds_ago", number(row.stream().heardSeconds()));
      shown.put("sync_state", row.stream().sync());
      shown.put("slot", row.stream().slot());
      shown.put("streams_from", row.stream().upstream());
    }
  }

  private static @Nullable BigDecimal decimal(String known) {
    return known.isEmpty() ? null : new BigDecimal(known);
  }

  private static @Nullable Long number(String known) {
    return known.isEmpty() ? null : Long.valueOf(known);
  }

  private static void archiveFloors(ArrayNode floors, List<ArchiveFloor> found) {
    for (ArchiveFloor floor : found) {
      ObjectNode shown = floors.addObject();
      shown.put("content", floor.content().toString());
      shown.put("oldest_wal_file", floor.isKnown() ? floor.oldest() : null);
      shown.put("needed_by", floor.isKnown() ? floor.neededBy() : null);
      shown.put("unknown", floor.isKnown() ? null : floor.unknown());
    }
  }

  private static void findings(ArrayNode findings, List<CheckRow> found) {
    for (CheckRow finding : found) {
      ObjectNode shown = findings.addObject();
      shown.put("id", finding.id());
      shown.put("subject", finding.subject());
      shown.put("level", finding.verdict().level());
      shown.put("fact", finding.asFinding());
      shown.put("seen", finding.seen());
      shown.put("limit", finding.limit());
      shown.put("remedy", finding.remedy());
    }
  }
}
