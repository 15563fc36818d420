package dev.mooring.dev.endtoend;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Manifest;
import dev.mooring.postgres.Lsn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The manifests of whpg_dr_sync, written where and as that tool writes them. */
final class WhpgDrSyncFiles {
  private final Path directory;

  WhpgDrSyncFiles(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory.resolve("manifests"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A cluster file whose site west reads them. */
  String readBy(String clusterFile) {
    String manifests =
        "manifests: {whpgDrSync: {directory: %s/manifests, latest: %s/LATEST.json}}, "
            .formatted(directory, directory);
    return clusterFile.replace("{name: west, consume", "{name: west, " + manifests + "consume");
  }

  Path file(String name) {
    return directory.resolve("manifests/" + name + ".json");
  }

  void write(Manifest point, String evidence, List<String> segments) {
    write(point.name().value(), true, evidence, segments);
  }

  /** As that tool does: under its name and as LATEST. */
  void write(String name, boolean ready, String evidence, List<String> segments) {
    String text =
        "{\"restore_point\":\"%s\",\"ready\":%s,\"segments\":[%s]%s}"
            .formatted(name, ready, String.join(",", segments), evidence);
    try {
      Files.writeString(file(name), text);
      Files.writeString(directory.resolve("LATEST.json"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> segments(Manifest point) {
    return point.contents().stream()
        .map(ContentEvidence::target)
        .map(target -> segment(target.content().value(), target.lsn()))
        .toList();
  }

  static String segment(int content, Lsn lsn) {
    return "{\"gp_segment_id\":%d,\"restore_lsn\":\"%s\"}".formatted(content, lsn);
  }

  /** What a full manifest says beside its segments. */
  static String evidence(Manifest point) {
    return evidence(point, target -> target.walFile().text());
  }

  /** The same with WAL files of that timeline. */
  static String evidence(Manifest point, String timeline) {
    return evidence(point, target -> timeline + target.walFile().text().substring(8));
  }

  private static String evidence(Manifest point, Function<ContentTarget, String> file) {
    String targets =
        point.contents().stream()
            .map(ContentEvidence::target)
            .map(target -> target(target, file.apply(target)))
            .collect(Collectors.joining(","));
    return ",\"created_at_utc\":\"2026-02-01T18:16:40Z\",\"evidence\":{\"targets\":["
        + targets
        + "],\"switch_wal\":[],\"archive_wait\":{\"max_wait_secs\":30,\"poll_interval_secs\":2,"
        + "\"waited_secs\":0,\"ready_at_utc\":\"2026-02-01T18:16:40Z\"}}";
  }

  private static String target(ContentTarget target, String walFile) {
    return ("{\"gp_segment_id\":%d,\"restore_lsn\":\"%s\",\"archive_source_host\":\"e0\","
            + "\"archive_dir\":\"/a\",\"wal_file\":\"%s\",\"wal_present\":true,"
            + "\"primary_port\":5432}")
        .formatted(target.content().value(), target.lsn(), walFile);
  }
}
