package dev.mooring.dev.scale;

import dev.mooring.dev.scale.Wire.Column;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one primary answers to the product's statements. */
final class ServerAnswers {
  private static final int BOOL = 16;
  private static final int BIGINT = 20;
  private static final int INTEGER = 23;
  private static final int TEXT = 25;
  private static final int TEXTS = 1009;
  private static final int BIGINTS = 1016;
  private static final int TIMESTAMPTZ = 1184;
  private static final Duration ANSWER = Duration.ofMillis(5);
  private static final Duration CHECKPOINT = Duration.ofMillis(200);
  private static final Pattern POINT = Pattern.compile("pg_create_restore_point\\('(\\w+)'\\)");
  private static final Instant STARTED = Instant.parse("2026-11-20T07:00:00Z");

  private final Content content;
  private final Toll toll;

  ServerAnswers(Content content, Toll toll) {
    this.content = content;
    this.toll = toll;
  }

  /** The one row of a statement's answer; no columns where it has none. */
  List<Column> to(String statement) {
    if (statement.contains("here.in_recovery")) {
      toll.payAtServer("look at a server", ANSWER);
      return looked();
    }
    if (statement.contains("has_function_privilege")) {
      toll.payAtServer("ask for a right", ANSWER);
      return List.of(new Column("may", BOOL, "t"));
    }
    if (statement.contains("SELECT point.lsn") || statement.contains("point.lsn::text")) {
      return made();
    }
    Matcher point = POINT.matcher(statement);
    if (point.find()) {
      toll.payAtServer("make a point", ANSWER);
      Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
      Content.Point made = content.make(point.group(1), now);
      return List.of(new Column("set_config", TEXT, Content.lsn(made.end())));
    }
    if (statement.contains("clock_timestamp()")) {
      return List.of(new Column("at", TIMESTAMPTZ, time(Instant.now())));
    }
    if (statement.contains("pg_switch_wal")) {
      toll.payAtServer("switch WAL", ANSWER);
      return List.of(new Column("lsn", TEXT, Content.lsn(content.switchWal())));
    }
    if (statement.strip().startsWith("SET ")) {
      return List.of();
    }
    if (statement.startsWith("CHECKPOINT")) {
      toll.payAtServer("checkpoint", CHECKPOINT);
      return List.of();
    }
    throw new IllegalArgumentException("no answer to " + statement);
  }

  private List<Column> made() {
    Content.Point point = content.lastPoint();
    return List.of(
        new Column("at", TIMESTAMPTZ, time(Instant.now())),
        new Column("lsn", TEXT, Content.lsn(point.end())),
        new Column("wal_file", TEXT, Content.fileName(point.file())),
        new Column("system_identifier", TEXT, content.system()),
        new Column("started_at", TIMESTAMPTZ, time(STARTED)));
  }

  private List<Column> looked() {
    long position = content.position();
    return List.of(
        new Column("in_recovery", BOOL, "f"),
        new Column("system_identifier", TEXT, content.system()),
        new Column("version", INTEGER, "150018"),
        new Column("started_at", TIMESTAMPTZ, time(STARTED)),
        new Column("lsn", TEXT, Content.lsn(position)),
        new Column("wal_file", TEXT, Content.fileName(position / Content.FILE_BYTES)),
        new Column("recovery_timeline", INTEGER, "1"),
        new Column("floor_lsn", TEXT, null),
        new Column("wal_segment_size", BIGINT, Long.toString(Content.FILE_BYTES)),
        new Column("archive_mode", TEXT, "on"),
        new Column("archive_command", TEXT, "test ! -f /archive/%f && cp %p /archive/%f"),
        new Column("archive_library", TEXT, ""),
        new Column("wal_level", TEXT, "replica"),
        new Column("archive_timeout", BIGINT, "0"),
        new Column("names_set", TEXT, ""),
        new Column("max_connections", INTEGER, "100"),
        new Column("max_worker_processes", INTEGER, "8"),
        new Column("max_wal_senders", INTEGER, "10"),
        new Column("max_prepared_transactions", INTEGER, "0"),
        new Column("max_locks_per_transaction", INTEGER, "64"),
        new Column("archived_count", BIGINT, Long.toString(content.archived())),
        new Column("last_archived", TEXT, Content.fileName(content.archived())),
        new Column("failed_count", BIGINT, "0"),
        new Column("last_failed", TEXT, ""),
        new Column("last_archived_at", TIMESTAMPTZ, time(Instant.now())),
        new Column("last_failed_at", TIMESTAMPTZ, null),
        new Column("prepared", BIGINT, "0"),
        new Column("standby_names", TEXT, ""),
        new Column("standbys", TEXTS, "{}"),
        new Column("synchronous", BIGINT, "0"),
        new Column("waiting", BIGINT, "0"),
        new Column("longest", BIGINT, "0"),
        new Column("libraries", TEXTS, "{}"),
        new Column("locales", TEXTS, "{en_US.UTF-8}"),
        new Column("tablespaces", BIGINTS, "{}"),
        new Column("locations", TEXTS, "{}"));
  }

  private static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.MICROS).toString().replace('T', ' ').replace("Z", "+00");
  }
}
