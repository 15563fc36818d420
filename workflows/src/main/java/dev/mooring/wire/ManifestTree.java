package dev.mooring.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.evidence.ArchiveEvidence;
import dev.mooring.evidence.Archiver;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.ContentId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A manifest as a tree of JSON: our fields, and the reference tool's derived from them. */
final class ManifestTree {
  /** The files of a content that a person overrode. */
  static final String OVERRIDDEN = "overridden_wal";

  private final Manifest manifest;

  private ManifestTree(Manifest manifest) {
    this.manifest = manifest;
  }

  static ObjectNode of(Manifest manifest) {
    return new ManifestTree(manifest).tree();
  }

  private ObjectNode tree() {
    Manifest.Header header = manifest.header();
    ObjectNode tree = SealedJson.object();
    tree.put(SealedJson.VERSION, Manifest.FORMAT_VERSION)
        .put("cluster", header.cluster().value())
        .put("restore_point", header.restorePoint().value())
        .put("created_at_utc", seconds(header.createdAt()))
        .put("created_at", header.createdAt().toString())
        .put("ready", manifest.isReady());
    ArrayNode reasons = tree.putArray("reasons");
    manifest.reasons().forEach(reasons::add);
    ObjectNode cut =
        tree.putObject("cut")
            .put("kind", header.cut().kind().name().toLowerCase(Locale.ROOT))
            .put("spread_millis", header.cut().spreadMillis());
    if (!header.cut().why().isEmpty()) {
      cut.put("why", header.cut().why());
    }
    tree.put("cluster_file_digest", header.clusterFileDigest());
    ArrayNode segments = tree.putArray("segments");
    manifest.contents().forEach(c -> position(segments.addObject(), c.target()));
    ArrayNode contents = tree.putArray("contents");
    manifest.contents().forEach(c -> content(contents.addObject(), c));
    evidence(tree.putObject("evidence"));
    return tree;
  }

  private static ObjectNode position(ObjectNode node, ContentTarget target) {
    return node.put("gp_segment_id", target.content().value())
        .put("restore_lsn", target.lsn().toString());
  }

  private void content(ObjectNode node, ContentEvidence evidence) {
    ContentTarget target = evidence.target();
    ContentEvidence.Owner owner = evidence.owner();
    node.put("content", target.content().value())
        .put("system_identifier", target.systemIdentifier().toString())
        .put("timeline", target.timeline().value())
        .put("lsn", target.lsn().toString())
        .put("wal_file", target.walFile().text())
        .put("wal_segment_size", target.walSegmentSize().bytes());
    ObjectNode of =
        node.putObject("owner")
            .put("instance", owner.instance().value())
            .put("host", owner.host().value())
            .put("port", owner.port())
            .put("version", owner.version().toString())
            .put("started_at", owner.startedAt().toString());
    if (owner.dbid() != 0) {
      of.put("dbid", owner.dbid());
    }
    if (!owner.standbyNames().isEmpty()) {
      of.put("synchronous_standby_names", owner.standbyNames());
    }
    node.putObject("clock")
        .put("before", evidence.clock().before().toString())
        .put("after", evidence.clock().after().toString());
    node.put("switch_lsn", evidence.switchLsn().toString());
    evidence.transactionsLsn().forEach(lsn -> node.put("transactions_lsn", lsn.toString()));
    limits(node.putObject("limits"), evidence.limits());
    if (!evidence.needs().none()) {
      needs(node.putObject("needs"), evidence.needs());
    }
    manifest
        .proofOf(target.content())
        .ifPresentOrElse(p -> proof(node.putObject("proof"), p), () -> node.putNull("proof"));
    manifest.presenceOf(target.content()).ifPresent(p -> presence(node.putObject("presence"), p));
    manifest.overridden().stream()
        .filter(wal -> wal.content().equals(target.content()))
        .forEach(wal -> node.withArray(OVERRIDDEN).add(wal.file().text()));
  }

  private static void limits(ObjectNode node, StandbyLimits limits) {
    node.put("max_connections", limits.maxConnections())
        .put("max_worker_processes", limits.maxWorkerProcesses())
        .put("max_wal_senders", limits.maxWalSenders())
        .put("max_prepared_transactions", limits.maxPreparedTransactions())
        .put("max_locks_per_transaction", limits.maxLocksPerTransaction());
  }

  private static void needs(ObjectNode node, HostNeeds needs) {
    ArrayNode libraries = node.putArray("libraries");
    needs.libraries().forEach(libraries::add);
    ArrayNode locales = node.putArray("locales");
    needs.locales().forEach(locales::add);
    ArrayNode tablespaces = node.putArray("tablespaces");
    needs
        .tablespaces()
        .forEach(t -> tablespaces.addObject().put("oid", t.oid()).put("location", t.location()));
  }

  private static void proof(ObjectNode node, ContentProof proof) {
    node.put("record_at", proof.recordAt().toString());
    ArrayNode files = node.putArray("files");
    proof
        .files()
        .forEach(
            f ->
                files
                    .addObject()
                    .put("file", f.file().text())
                    .put("bytes", f.bytes())
                    .put("sha256", f.sha256()));
  }

  private static void presence(ObjectNode node, ContentPresence presence) {
    ArrayNode files = node.putArray("files");
    presence.files().forEach(f -> files.add(f.text()));
    node.put("not_proved", presence.notProved());
  }

  private void evidence(ObjectNode node) {
    ArrayNode targets = node.putArray("targets");
    manifest.contents().forEach(c -> target(targets.addObject(), c));
    ObjectNode check = node.putObject("archiver_check").put("method", "pg_stat_archiver");
    check.put(
        "no_recent_failures",
        manifest.archive().contents().stream()
            .allMatch(a -> a.archiver().lastFailedAt().isEmpty()));
    ArrayNode rows = check.putArray("rows");
    manifest.archive().contents().forEach(a -> row(rows.addObject(), a));
    ArrayNode switches = node.putArray("switch_wal");
    manifest.contents().stream()
        .filter(c -> c.switchLsn().isAfter(c.target().lsn()))
        .forEach(c -> switched(switches.addObject(), c));
    ArchiveEvidence.Waiting waiting = manifest.archive().waiting();
    node.putObject("archive_wait")
        .put("max_wait_secs", waiting.atMost().toSeconds())
        .put("poll_interval_secs", waiting.poll().toSeconds())
        .put("waited_secs", waiting.waited().toSeconds())
        .put("ended_at_utc", waiting.endedAt().toString())
        .put("ready_at_utc", manifest.isReady() ? waiting.endedAt().toString() : null);
  }

  private void target(ObjectNode node, ContentEvidence evidence) {
    ContentTarget target = evidence.target();
    position(node, target)
        .put("archive_source_host", evidence.owner().host().value())
        .put("archive_dir", directoryOf(target.content()))
        .put("wal_file", target.walFile().text())
        .put(
            "wal_present",
            manifest.proofOf(target.content()).isPresent()
                || manifest.presenceOf(target.content()).isPresent())
        .put("primary_port", evidence.owner().port());
  }

  private String directoryOf(ContentId content) {
    return manifest.archive().contents().stream()
        .filter(a -> a.content().equals(content))
        .map(ArchiveEvidence.ContentArchive::directory)
        .findFirst()
        .orElseThrow();
  }

  private static void row(ObjectNode node, ArchiveEvidence.ContentArchive archive) {
    Archiver archiver = archive.archiver();
    node.put("role", archive.content().equals(ContentId.COORDINATOR) ? "coordinator" : "segment")
        .put("segment_id", archive.content().value())
        .put("archived_count", archiver.archivedCount())
        .put("last_archived_wal", orNull(archiver.lastArchived()))
        .put("last_archived_time", orNull(archiver.lastArchivedAt()))
        .put("failed_count", archiver.failedCount())
        .put("last_failed_wal", orNull(archiver.lastFailed()))
        .put("last_failed_time", orNull(archiver.lastFailedAt()));
  }

  private static void switched(ObjectNode node, ContentEvidence evidence) {
    ContentTarget target = evidence.target();
    WalFileName file =
        WalFileName.containingByteBefore(
            target.timeline(), evidence.switchLsn(), target.walSegmentSize());
    node.put("gp_segment_id", target.content().value())
        .put("switch_lsn", evidence.switchLsn().toString())
        .put("switch_wal_file", file.text());
  }

  /** A time as the reference tool writes it: {@code 2026-02-01T18:16:40Z}. */
  static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
