package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.evidence.Archiver;
import dev.mooring.port.DatabaseActivities.Archiving;
import dev.mooring.port.DatabaseActivities.Identity;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.SynchronousReplication;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.SynchronousCommits;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.InstanceId;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * Reads one server in one statement. A primary's timeline is read from its live WAL position:
 * {@code pg_control_checkpoint()} shows the old one for a while after a promotion.
 */
final class ServerReading {
  private static final String SQL =
      """
      SELECT here.in_recovery,
             (pg_control_system()).system_identifier::text AS system_identifier,
             current_setting('server_version_num')::int AS version,
             pg_postmaster_start_time() AS started_at,
             CASE WHEN here.in_recovery THEN pg_last_wal_replay_lsn()
                  ELSE pg_current_wal_lsn() END::text AS lsn,
             CASE WHEN here.in_recovery THEN NULL
                  ELSE pg_walfile_name(pg_current_wal_lsn()) END AS wal_file,
             greatest((pg_control_checkpoint()).timeline_id, floor.min_recovery_end_timeline,
                      (SELECT received_tli FROM pg_stat_wal_receiver)) AS recovery_timeline,
             CASE WHEN here.in_recovery THEN floor.min_recovery_end_lsn::text END AS floor_lsn,
             CASE WHEN here.in_recovery THEN ${pause} END AS replay_pause,
             (SELECT setting::bigint * CASE unit WHEN '8kB' THEN 8192 ELSE 1 END
                FROM pg_settings WHERE name = 'wal_segment_size') AS wal_segment_size,
             current_setting('archive_mode') AS archive_mode,
             current_setting('archive_command') AS archive_command,
             coalesce(current_setting('archive_library', true), '') AS archive_library,
             current_setting('wal_level') AS wal_level,
             (SELECT setting::bigint FROM pg_settings WHERE name = 'archive_timeout')
               AS archive_timeout,
             current_setting('synchronous_standby_names') AS names_set,
             current_setting('max_connections')::int AS max_connections,
             current_setting('max_worker_processes')::int AS max_worker_processes,
             current_setting('max_wal_senders')::int AS max_wal_senders,
             current_setting('max_prepared_transactions')::int AS max_prepared_transactions,
             current_setting('max_locks_per_transaction')::int AS max_locks_per_transaction,
             archiver.archived_count,
             coalesce(archiver.last_archived_wal, '') AS last_archived,
             archiver.failed_count,
             coalesce(archiver.last_failed_wal, '') AS last_failed,
             archiver.last_archived_time AS last_archived_at,
             archiver.last_failed_time AS last_failed_at,
             CASE WHEN here.in_recovery OR NOT pg_has_role('pg_read_all_stats', 'USAGE')
                    OR (current_setting('synchronous_commit') IN ('off', 'local')
                        AND commits.waiting = 0) THEN ''
                  ELSE current_setting('synchronous_standby_names') END AS standby_names,
             ARRAY(SELECT application_name || ' (' || coalesce(sync_state, 'unknown') || ')'
                     FROM pg_stat_replication ORDER BY 1) AS standbys,
             (SELECT count(*) FROM pg_stat_replication
               WHERE sync_state IN ('sync', 'quorum')) AS synchronous,
             commits.waiting,
             commits.longest,
             ${needs}
        FROM (SELECT pg_is_in_recovery() AS in_recovery) AS here,
             pg_control_recovery() AS floor,
             pg_stat_archiver AS archiver,
             (SELECT count(*) AS waiting,
                     coalesce(floor(extract(epoch FROM
                       clock_timestamp() - min(query_start))), 0)::bigint AS longest
                FROM pg_stat_activity WHERE wait_event = 'SyncRep') AS commits
      """;

  private static final String PAUSE_STATE = "pg_get_wal_replay_pause_state()";
  private static final int PAUSE_STATE_SINCE = 14;

  /** The only state that older versions report: whether a pause was requested. */
  private static final String PAUSE_ASKED_FOR =
      "CASE WHEN pg_is_wal_replay_paused() THEN 'paused' ELSE 'not paused' END";

  private ServerReading() {}

  static ServerObserved of(InstanceId instance, Session session) throws DatabaseFault {
    try {
      String pause = session.majorVersion() < PAUSE_STATE_SINCE ? PAUSE_ASKED_FOR : PAUSE_STATE;
      return session.row(
          SQL.replace("${pause}", pause).replace("${needs}", NeedsReading.COLUMNS),
          While.READING,
          row -> observed(instance, row));
    } catch (IllegalArgumentException unreadable) {
      throw new DatabaseFault(
          FailureCode.STATE_UNREADABLE, String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  private static ServerObserved observed(InstanceId instance, ResultSet row) throws SQLException {
    return new ServerObserved(
        instance,
        identity(row),
        position(row),
        new Archiving(
            text(row, "archive_mode"),
            ArchiveCommand.masked(text(row, "archive_command")),
            text(row, "archive_library"),
            text(row, "wal_level"),
            limits(row),
            row.getLong("archive_timeout")),
        archiver(row),
        NeedsReading.of(row),
        new SynchronousReplication(text(row, "names_set"), commits(row)));
  }

  private static List<SynchronousCommits> commits(ResultSet row) throws SQLException {
    String names = text(row, "standby_names");
    return names.isBlank()
        ? List.of()
        : List.of(
            new SynchronousCommits(
                names,
                texts(row, "standbys"),
                row.getLong("synchronous"),
                row.getLong("waiting"),
                row.getLong("longest")));
  }

  static List<String> texts(ResultSet row, String column) throws SQLException {
    return elements(row, column, String[].class);
  }

  /**
   * The elements of an array, none of them NULL. If the subquery of an {@code ARRAY(…)} has no row,
   * Greenplum answers NULL instead of an empty array.
   */
  static <T> List<T> elements(ResultSet row, String column, Class<T[]> type) throws SQLException {
    Array array = row.getArray(column);
    return array == null ? List.of() : List.of(type.cast(array.getArray()));
  }

  private static Identity identity(ResultSet row) throws SQLException {
    return new Identity(
        SystemIdentifier.parse(text(row, "system_identifier")),
        ServerVersion.ofNumber(row.getInt("version")),
        instant(row, "started_at"));
  }

  private static Position position(ResultSet row) throws SQLException {
    boolean inRecovery = row.getBoolean("in_recovery");
    TimelineId timeline =
        inRecovery
            ? new TimelineId(row.getLong("recovery_timeline"))
            : TimelineId.ofHex(text(row, "wal_file").substring(0, 8));
    String floor = row.getString("floor_lsn");
    return new Position(
        inRecovery,
        timeline,
        Lsn.parse(text(row, "lsn")),
        floor == null || floor.equals("0/0") ? "" : Lsn.parse(floor).toString(),
        new WalSegmentSize(row.getLong("wal_segment_size")),
        inRecovery ? text(row, "replay_pause") : "");
  }

  private static Archiver archiver(ResultSet row) throws SQLException {
    return new Archiver(
        row.getLong("archived_count"),
        text(row, "last_archived"),
        timeOrEmpty(row, "last_archived_at"),
        row.getLong("failed_count"),
        text(row, "last_failed"),
        timeOrEmpty(row, "last_failed_at"));
  }

  private static String timeOrEmpty(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    return at == null ? "" : at.toInstant().toString();
  }

  private static StandbyLimits limits(ResultSet row) throws SQLException {
    return new StandbyLimits(
        row.getInt("max_connections"),
        row.getInt("max_worker_processes"),
        row.getInt("max_wal_senders"),
        row.getInt("max_prepared_transactions"),
        row.getInt("max_locks_per_transaction"));
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
    if (at == null) {
      throw new IllegalArgumentException("the server answered no " + column);
    }
    return at.toInstant();
  }

  static String text(ResultSet row, String column) throws SQLException {
    String text = row.getString(column);
    if (text == null) {
      throw new IllegalArgumentException("the server answered no " + column);
    }
    return text;
  }
}
