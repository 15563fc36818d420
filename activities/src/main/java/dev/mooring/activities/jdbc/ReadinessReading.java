package dev.mooring.activities.jdbc;

import static dev.mooring.activities.jdbc.ServerReading.text;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.ArchiverFiles;
import dev.mooring.port.ReplicationActivities.Collation;
import dev.mooring.port.ReplicationActivities.ConnectedRole;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.MoveRight;
import dev.mooring.port.ReplicationActivities.RefusedWal;
import dev.mooring.port.ReplicationActivities.SuperusersSender;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.InstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads in one statement what a move depends on in one member, beside its streaming. Versions of
 * collations are read from ICU by its root collation, and since version 15 from each database; the
 * C library's is read on its host. Of the configuration files only those are read without which no
 * server starts: pg_ident.conf is none.
 */
final class ReadinessReading {
  private static final int DATABASES_HAVE_VERSIONS_SINCE = 15;

  private static final String SQL =
      """
      SELECT current_user::text AS role,
             coalesce((SELECT pg_has_role(oid, 'USAGE') FROM pg_roles
                        WHERE rolname = 'pg_checkpoint'), own.rolsuper) AS checkpoint,
             own.rolreplication OR own.rolsuper AS replication,
             pg_has_role('pg_signal_backend', 'USAGE') AS signal_backend,
             has_function_privilege('pg_switch_wal()', 'EXECUTE') AS switch_wal,
             ARRAY(SELECT extname || ' ' || extversion FROM pg_extension AS installed
                    WHERE NOT EXISTS (SELECT FROM pg_available_extension_versions AS available
                                       WHERE available.name = installed.extname
                                         AND available.version = installed.extversion)
                    ORDER BY extname) AS lacking_extensions,
             ARRAY(SELECT setting FROM pg_settings
                    WHERE name IN ('config_file', 'hba_file') AND setting <> ''
                    ORDER BY name) AS files,
             CASE WHEN archiver.last_failed_time > coalesce(archiver.last_archived_time, '-infinity')
                  THEN coalesce(archiver.last_failed_wal, '') ELSE '' END AS archiver,
             coalesce(archiver.last_archived_wal, '') AS archived,
             greatest(archiver.last_archived_time,
                      (SELECT min(modification) FROM pg_ls_archive_statusdir()
                        WHERE name LIKE '%.ready')) AS quiet_since,
             (SELECT setting::bigint FROM pg_settings WHERE name = 'archive_timeout')
               AS archive_timeout,
             (SELECT setting FROM pg_settings WHERE name = 'archive_command') AS archive_command,
             coalesce((SELECT setting FROM pg_settings WHERE name = 'archive_library'), '')
               AS archive_library,
             CASE WHEN pg_is_in_recovery() THEN ''
                  ELSE pg_walfile_name(pg_current_wal_lsn()) END AS wal_file,
             ARRAY(SELECT sorted.name FROM (${sorted}) AS sorted ORDER BY 1) AS sorted_of,
             ARRAY(SELECT coalesce(sorted.recorded, '') FROM (${sorted}) AS sorted
                    ORDER BY sorted.name) AS recorded,
             ARRAY(SELECT coalesce(sorted.actual, '') FROM (${sorted}) AS sorted
                    ORDER BY sorted.name) AS actual,
             ARRAY(SELECT sender.pid || ' ' || sender.application_name || E'\\n' || sender.usename
                     FROM pg_stat_replication AS sender
                     JOIN pg_roles AS whose ON whose.oid = sender.usesysid
                    WHERE whose.rolsuper AND NOT own.rolsuper ORDER BY sender.pid) AS beyond,
             ${needs}
        FROM pg_stat_archiver AS archiver,
             (SELECT rolsuper, rolreplication FROM pg_roles WHERE rolname = current_user) AS own
      """;

  private static final String ICU =
      """
      SELECT 'ICU' AS name, NULL::text AS recorded, pg_collation_actual_version(oid) AS actual
        FROM pg_collation WHERE collname = 'und-x-icu'\
      """;

  private static final String DATABASES =
      """
       UNION ALL
      SELECT 'database ' || datname, datcollversion, pg_database_collation_actual_version(oid)
        FROM pg_database WHERE datallowconn\
      """;

  private ReadinessReading() {}

  static MemberReadiness of(InstanceId instance, Session session) throws DatabaseFault {
    String sorted = session.majorVersion() < DATABASES_HAVE_VERSIONS_SINCE ? ICU : ICU + DATABASES;
    try {
      return session.row(
          SQL.replace("${sorted}", sorted).replace("${needs}", NeedsReading.COLUMNS),
          While.READING,
          row -> readiness(instance, row));
    } catch (IllegalArgumentException unreadable) {
      throw new DatabaseFault(
          FailureCode.STATE_UNREADABLE, String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  private static MemberReadiness readiness(InstanceId instance, ResultSet row) throws SQLException {
    return new MemberReadiness(
        instance,
        new ConnectedRole(
            text(row, "role"),
            held(row),
            ServerReading.texts(row, "beyond").stream().map(ReadinessReading::sender).toList()),
        ServerReading.texts(row, "lacking_extensions"),
        collations(row),
        NeedsReading.of(row),
        ServerReading.texts(row, "files"),
        new ArchiverFiles(
            text(row, "archiver"),
            text(row, "archived"),
            Optional.ofNullable(row.getObject("quiet_since", OffsetDateTime.class)).stream()
                .map(OffsetDateTime::toInstant)
                .toList(),
            row.getLong("archive_timeout"),
            refused(row).stream().toList()));
  }

  /** The number in the name of a WAL file shows which segment is the later one. */
  private static Optional<RefusedWal> refused(ResultSet row) throws SQLException {
    String failed = text(row, "archiver");
    String written = text(row, "wal_file");
    if (!WalFileName.isOne(failed)
        || !WalFileName.isOne(written)
        || failed.substring(8).compareTo(written.substring(8)) >= 0
        || !text(row, "archive_library").isEmpty()) {
      return Optional.empty();
    }
    return ArchiveCommand.refusingDirectory(text(row, "archive_command"))
        .map(directory -> new RefusedWal(new WalFileName(failed), directory));
  }

  private static SuperusersSender sender(String text) {
    int space = text.indexOf(' ');
    int line = text.lastIndexOf('\n');
    return new SuperusersSender(
        text.substring(space + 1, line),
        Long.parseLong(text.substring(0, space)),
        text.substring(line + 1));
  }

  private static List<MoveRight> held(ResultSet row) throws SQLException {
    List<MoveRight> held = new ArrayList<>();
    for (MoveRight right : MoveRight.values()) {
      if (row.getBoolean(right.name().toLowerCase(Locale.ROOT))) {
        held.add(right);
      }
    }
    return held;
  }

  private static List<Collation> collations(ResultSet row) throws SQLException {
    List<String> of = ServerReading.texts(row, "sorted_of");
    List<String> recorded = ServerReading.texts(row, "recorded");
    List<String> actual = ServerReading.texts(row, "actual");
    List<Collation> collations = new ArrayList<>();
    for (int i = 0; i < of.size(); i++) {
      collations.add(new Collation(of.get(i), recorded.get(i), actual.get(i)));
    }
    return collations;
  }
}
