package dev.mooring.wire;

import dev.mooring.evidence.ArchiveEvidence;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.Archiver;
import dev.mooring.evidence.ClockWindow;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentPresence;
import dev.mooring.evidence.ContentProof;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.ContentWal;
import dev.mooring.evidence.Cut;
import dev.mooring.evidence.Manifest;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Builds a manifest from its own fields; the derived ones are compared afterwards. */
final class ManifestReading {
  private ManifestReading() {}

  static Manifest manifest(JsonFields fields) {
    Manifest.Header header =
        new Manifest.Header(
            fields.value("cluster", ClusterName::new),
            fields.value("restore_point", RestorePointName::new),
            fields.value("created_at", Instant::parse),
            fields.text("cluster_file_digest"),
            cut(fields.object("cut")));
    List<ContentEvidence> contents = new ArrayList<>();
    List<ContentProof> proofs = new ArrayList<>();
    List<ContentPresence> presences = new ArrayList<>();
    List<ContentWal> overridden = new ArrayList<>();
    for (JsonFields content : fields.objects("contents")) {
      ContentEvidence evidence = evidence(content);
      contents.add(evidence);
      if (!content.isNull("proof")) {
        proofs.add(proof(evidence.target().content(), content.object("proof")));
      }
      if (content.has("presence")) {
        presences.add(presence(evidence.target().content(), content.object("presence")));
      }
      if (content.has(ManifestTree.OVERRIDDEN)) {
        for (String file : content.texts(ManifestTree.OVERRIDDEN)) {
          overridden.add(
              content.made(
                  () -> new ContentWal(evidence.target().content(), new WalFileName(file))));
        }
      }
    }
    ArchiveEvidence archive = archive(fields.object("evidence"));
    List<String> reasons = fields.texts("reasons");
    return fields.made(
        () -> new Manifest(header, contents, proofs, archive, reasons, presences, overridden));
  }

  private static Cut cut(JsonFields fields) {
    Cut.Kind kind = fields.value("kind", RequestReader.oneOf(Cut.Kind.class));
    return new Cut(kind, fields.number("spread_millis"), fields.textOrAbsent("why"));
  }

  private static ContentEvidence evidence(JsonFields fields) {
    JsonFields clock = fields.object("clock");
    Instant before = clock.value("before", Instant::parse);
    Instant after = clock.value("after", Instant::parse);
    return new ContentEvidence(
        target(fields),
        owner(fields.object("owner")),
        clock.made(() -> new ClockWindow(before, after)),
        fields.value("switch_lsn", Lsn::parse),
        limits(fields.object("limits")),
        fields.has("needs") ? needs(fields.object("needs")) : HostNeeds.NONE,
        fields.has("transactions_lsn")
            ? List.of(fields.value("transactions_lsn", Lsn::parse))
            : List.of());
  }

  private static HostNeeds needs(JsonFields fields) {
    return new HostNeeds(
        fields.texts("libraries"),
        fields.texts("locales"),
        fields.objects("tablespaces").stream()
            .map(t -> new HostNeeds.Tablespace(t.number("oid"), t.text("location")))
            .toList());
  }

  private static ContentTarget target(JsonFields fields) {
    int content = fields.smallNumber("content");
    long timeline = fields.number("timeline");
    long size = fields.number("wal_segment_size");
    return new ContentTarget(
        fields.made(() -> new ContentId(content)),
        fields.value("system_identifier", SystemIdentifier::parse),
        fields.made(() -> new TimelineId(timeline)),
        fields.value("lsn", Lsn::parse),
        fields.value("wal_file", WalFileName::new),
        fields.made(() -> new WalSegmentSize(size)));
  }

  private static ContentEvidence.Owner owner(JsonFields fields) {
    return new ContentEvidence.Owner(
        fields.value("instance", InstanceId::new),
        fields.value("host", HostName::new),
        fields.smallNumber("port"),
        fields.value("version", ServerVersion::parse),
        fields.value("started_at", Instant::parse),
        fields.has("dbid") ? fields.smallNumber("dbid") : 0,
        fields.textOrAbsent("synchronous_standby_names"));
  }

  private static StandbyLimits limits(JsonFields fields) {
    return StandbyLimits.of(fields::smallNumber);
  }

  private static ContentProof proof(ContentId content, JsonFields fields) {
    Lsn recordAt = fields.value("record_at", Lsn::parse);
    List<ArchivedWal> files = fields.objects("files").stream().map(ManifestReading::file).toList();
    return fields.made(() -> new ContentProof(content, recordAt, files));
  }

  private static ContentPresence presence(ContentId content, JsonFields fields) {
    List<String> files = fields.texts("files");
    String notProved = fields.text("not_proved");
    return fields.made(
        () ->
            new ContentPresence(content, files.stream().map(WalFileName::new).toList(), notProved));
  }

  private static ArchivedWal file(JsonFields fields) {
    return new ArchivedWal(
        fields.value("file", WalFileName::new), fields.number("bytes"), fields.text("sha256"));
  }

  private static ArchiveEvidence archive(JsonFields fields) {
    List<JsonFields> targets = fields.objects("targets");
    List<JsonFields> rows = fields.object("archiver_check").objects("rows");
    if (targets.size() != rows.size()) {
      throw new UnreadableField(
          "field evidence.archiver_check.rows has "
              + rows.size()
              + " entries, evidence.targets has "
              + targets.size());
    }
    List<ArchiveEvidence.ContentArchive> contents = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      contents.add(archive(rows.get(i), targets.get(i).text("archive_dir")));
    }
    return new ArchiveEvidence(contents, waiting(fields.object("archive_wait")));
  }

  private static ArchiveEvidence.ContentArchive archive(JsonFields row, String directory) {
    int content = row.smallNumber("segment_id");
    Archiver archiver =
        new Archiver(
            row.number("archived_count"),
            row.textOrNull("last_archived_wal"),
            row.textOrNull("last_archived_time"),
            row.number("failed_count"),
            row.textOrNull("last_failed_wal"),
            row.textOrNull("last_failed_time"));
    return new ArchiveEvidence.ContentArchive(
        row.made(() -> new ContentId(content)), directory, archiver);
  }

  private static ArchiveEvidence.Waiting waiting(JsonFields fields) {
    return new ArchiveEvidence.Waiting(
        seconds(fields, "max_wait_secs"),
        seconds(fields, "poll_interval_secs"),
        seconds(fields, "waited_secs"),
        fields.value("ended_at_utc", Instant::parse));
  }

  static Duration seconds(JsonFields fields, String name) {
    long seconds = fields.number(name);
    return fields.made(() -> Duration.ofSeconds(seconds));
  }
}
