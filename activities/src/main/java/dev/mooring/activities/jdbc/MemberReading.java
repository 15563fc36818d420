package dev.mooring.activities.jdbc;

import static dev.mooring.activities.jdbc.ServerReading.text;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.FailureCode;
import dev.mooring.port.MemberLoad;
import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.SenderPositions;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.quoting.SqlText;
import dev.mooring.topology.InstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Reads one member of a streaming cluster, in one message. A role without the rights of {@code
 * pg_monitor} gets senders and receivers without their values, which would read as missing
 * standbys; so it is refused.
 */
final class MemberReading {
  private static final String MAY_READ =
      "SELECT pg_has_role('pg_monitor', 'USAGE') AS may, current_user::text AS role";

  private static final String STANDING =
      """
      SELECT here.in_recovery,
             (pg_control_system()).system_identifier::text AS system_identifier,
             CASE WHEN here.in_recovery THEN NULL
                  ELSE pg_walfile_name(pg_current_wal_lsn()) END AS wal_file,
             greatest((pg_control_checkpoint()).timeline_id, floor.min_recovery_end_timeline,
                      (SELECT received_tli FROM pg_stat_wal_receiver),
                      ${held}) AS recovery_timeline,
             ${position}::text AS received,
             CASE WHEN here.in_recovery THEN pg_last_wal_replay_lsn()
                  ELSE pg_current_wal_flush_lsn() END::text AS replayed,
             CASE WHEN here.in_recovery THEN ${paused} ELSE false END AS paused,
             floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS clock_millis,
             CASE WHEN here.in_recovery
                  THEN coalesce(to_char(pg_last_xact_replay_timestamp() AT TIME ZONE 'UTC',
                                        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '')
                  ELSE '' END AS last_replayed,
             here.in_recovery AND pg_last_wal_receive_lsn() IS NULL
               AND current_setting('primary_conninfo') <> '' AS more
        FROM (SELECT pg_is_in_recovery() AS in_recovery) AS here, pg_control_recovery() AS floor
      """;

  private static final String SENDERS =
      """
      SELECT sender.application_name,
             coalesce(host(sender.client_addr), sender.client_hostname, '') AS address,
             coalesce(sender.state, '') AS state,
             coalesce(sender.sync_state, '') AS sync,
             greatest(0, coalesce(pg_wal_lsn_diff(${position}, sender.flush_lsn),
                                  pg_wal_lsn_diff(${position}, slot.restart_lsn),
                                  9223372036854775807))::bigint AS lag_bytes,
             coalesce(slot.slot_name, '') AS slot,
             coalesce(greatest(0, floor(extract(epoch FROM
               clock_timestamp() - sender.reply_time))), -1)::bigint AS silent_seconds,
             coalesce(floor(extract(epoch FROM sender.reply_time) * 1000), 0)::bigint
               AS replied_millis,
             coalesce(sender.sent_lsn::text, '') AS sent,
             coalesce(sender.write_lsn::text, '') AS written,
             coalesce(sender.flush_lsn::text, '') AS flushed,
             coalesce(sender.replay_lsn::text, '') AS replayed,
             coalesce(sender.sync_priority, -1)::bigint AS priority
        FROM (SELECT pg_is_in_recovery() AS in_recovery) AS here, pg_stat_replication AS sender
        LEFT JOIN pg_replication_slots AS slot ON slot.active_pid = sender.pid
       ORDER BY sender.application_name, sender.pid
      """;

  private static final String SLOTS =
      """
      SELECT slot.slot_name, coalesce(slot.plugin, '') AS plugin, slot.active,
             greatest(0, coalesce(pg_wal_lsn_diff(${position}, slot.restart_lsn), 0))::bigint
               AS kept_bytes,
             coalesce(slot.wal_status, '') AS wal_status
        FROM (SELECT pg_is_in_recovery() AS in_recovery) AS here, pg_replication_slots AS slot
       ORDER BY slot.slot_name
      """;

  private static final String RECEIVERS =
      """
      SELECT coalesce(status, '') AS status, coalesce(sender_host, '') AS sender_host,
             coalesce(sender_port, 0) AS sender_port, coalesce(slot_name, '') AS slot,
             coalesce(floor(extract(epoch FROM last_msg_receipt_time) * 1000), 0)::bigint
               AS heard_millis,
             coalesce(conninfo, '') AS connection,
             coalesce(latest_end_lsn::text, '') AS sender_end
        FROM pg_stat_wal_receiver
      """;

  /**
   * For whom transactions are read only by default, in words; {@code off} for nobody. It is the
   * only probe of what others get: {@code reset_val} is what the session had at its login, also if
   * it is kept since. A setting of Mooring's own role or database hides that of the server.
   * Settings of other roles are not read: a role for reports is read only on purpose.
   */
  static final String READ_ONLY_FOR =
      """
      (WITH entry AS (
         SELECT setrole, setdatabase,
                split_part(one.setting, '=', 2) ~* '^(on|1|t|tr|tru|true|y|ye|yes)$' AS is_on
           FROM pg_db_role_setting, LATERAL unnest(setconfig) AS one(setting)
          WHERE one.setting ~ '^default_transaction_read_only='),
       own AS (
         SELECT min(CASE WHEN setrole <> 0 THEN 'role ' || session_user
                         ELSE 'database ' || current_database() END) AS who
           FROM entry
          WHERE setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
            AND setdatabase IN (0, (SELECT oid FROM pg_database
                                     WHERE datname = current_database()))
            AND (setrole <> 0 OR setdatabase <> 0)),
       every AS (SELECT bool_or(is_on) AS is_on FROM entry WHERE setrole = 0 AND setdatabase = 0)
       SELECT coalesce(string_agg(found.who, ', ' ORDER BY found.who), 'off')
         FROM (SELECT CASE WHEN every.is_on THEN 'on for every role'
                           WHEN every.is_on IS NOT NULL THEN NULL
                           WHEN own.who IS NOT NULL
                           THEN 'not known for others than ' || own.who
                           WHEN login.reset_val = 'on' THEN 'on for every role' END AS who
                 FROM every, own, pg_settings AS login
                WHERE login.name = 'default_transaction_read_only'
               UNION ALL
               SELECT 'on for database ' || base.datname
                 FROM entry JOIN pg_database AS base ON base.oid = entry.setdatabase
                WHERE entry.setrole = 0 AND entry.is_on) AS found)\
      """;

  private static final String SETTINGS =
      """
      SELECT name, pending_restart,
             CASE name WHEN 'archive_command' THEN coalesce(reset_val, '')
                  WHEN 'default_transaction_read_only' THEN ${read_only}
                  WHEN 'restore_command' THEN CASE reset_val WHEN '' THEN '' ELSE 'set' END
                  ELSE current_setting(name) END AS value
        FROM pg_settings WHERE name IN (${names}) OR pending_restart ORDER BY name
      """;

  private static final String LOAD =
      """
      SELECT (SELECT count(*) FROM pg_prepared_xacts) AS prepared,
             (SELECT coalesce(greatest(0, floor(extract(epoch FROM
                       clock_timestamp() - min(xact_start)))), 0)::bigint
                FROM pg_stat_activity
               WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS longest,
             (SELECT count(*) FROM pg_stat_progress_basebackup) + ${exclusive} AS backups,
             CASE WHEN current_setting('archive_mode') = 'always'
                    OR current_setting('archive_mode') = 'on' AND NOT pg_is_in_recovery()
                  THEN (SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready')
                  ELSE 0 END AS unarchived,
             ${conflicts}::bigint AS conflicts
      """;

  /** A catalogue over all databases, which every role may read; the values are an enumeration's. */
  private static final String UNWAITED =
      """
      SELECT CASE WHEN entry.setrole = 0 AND entry.setdatabase = 0 THEN 'every role'
                  ELSE concat_ws(' in ',
                    CASE WHEN entry.setrole <> 0 THEN 'role ' || pg_get_userbyid(entry.setrole) END,
                    CASE WHEN entry.setdatabase <> 0
                         THEN 'database ' || coalesce(base.datname, entry.setdatabase::text) END)
             END || ': ' || split_part(one.setting, '=', 2) AS unwaited
        FROM pg_db_role_setting AS entry
        LEFT JOIN pg_database AS base ON base.oid = entry.setdatabase,
             LATERAL unnest(entry.setconfig) AS one(setting)
       WHERE one.setting ~* '^synchronous_commit=(off|local|false|no|0)$'
       ORDER BY 1
      """;

  /** The sender's own position: what it wrote, or for a standby what it can send on. */
  private static final String POSITION =
      """
      CASE WHEN here.in_recovery
           THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
           ELSE pg_current_wal_flush_lsn() END\
      """;

  /**
   * For a standby, the timeline of the WAL file that holds the last byte before its position. Both
   * timelines of the control file are as of the last restartpoint, by then minutes old, and
   * received_tli is gone with the receiver (measured); a history file proves nothing, for a standby
   * also has that of a timeline it can't follow.
   */
  private static final String HELD =
      """
      (SELECT max(('x' || left(file.name, 8))::bit(32)::bigint)
         FROM (SELECT pg_size_bytes(current_setting('wal_segment_size')) AS bytes) AS wal,
              LATERAL (SELECT div(${position} - '0/0'::pg_lsn - 1, wal.bytes)::bigint AS number,
                              4294967296 / wal.bytes AS of_one_log) AS last,
              pg_ls_waldir() AS file
        WHERE here.in_recovery AND file.name ~ '^[0-9A-F]{24}$'
          AND right(file.name, 16)
            = upper(lpad(to_hex(last.number / last.of_one_log), 8, '0')
                    || lpad(to_hex(last.number % last.of_one_log), 8, '0')))\
      """;

  private static final int PAUSE_STATE_SINCE = 14;
  private static final int NO_EXCLUSIVE_BACKUP_SINCE = 15;

  /** Before, a reading waits for the collector of statistics, longer than a statement may take. */
  private static final int STATISTICS_IN_MEMORY_SINCE = 15;

  private MemberReading() {}

  static MemberObserved of(InstanceId instance, Session session) throws DatabaseFault {
    requireMonitor(session);
    try {
      return session.run(
          sql(session.majorVersion()), While.READING, answers -> observed(instance, answers));
    } catch (IllegalArgumentException unreadable) {
      throw new DatabaseFault(
          FailureCode.STATE_UNREADABLE, String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  private static void requireMonitor(Session session) throws DatabaseFault {
    String without =
        session.row(MAY_READ, While.READING, row -> row.getBoolean("may") ? "" : text(row, "role"));
    if (!without.isEmpty()) {
      throw new DatabaseFault(
          FailureCode.DATABASE_REFUSED,
          "role "
              + without
              + " may not read which standbys stream. HINT: GRANT pg_monitor TO "
              + SqlText.identifier(without));
    }
  }

  /** The statements for a server of that major version. */
  static String sql(int major) {
    return String.join(";\n", STANDING, SENDERS, SLOTS, RECEIVERS, SETTINGS, UNWAITED, LOAD)
        .replace("${held}", HELD)
        .replace("${read_only}", READ_ONLY_FOR)
        .replace("${position}", POSITION)
        .replace(
            "${paused}",
            major < PAUSE_STATE_SINCE
                ? "pg_is_wal_replay_paused()"
                : "pg_get_wal_replay_pause_state() <> 'not paused'")
        .replace(
            "${exclusive}",
            major < NO_EXCLUSIVE_BACKUP_SINCE
                ? "CASE WHEN NOT pg_is_in_recovery() AND pg_is_in_backup() THEN 1 ELSE 0 END"
                : "0")
        .replace(
            "${conflicts}",
            major < STATISTICS_IN_MEMORY_SINCE
                ? "0"
                : "(SELECT coalesce(sum(conflicts), 0) FROM pg_stat_database)")
        .replace(
            "${names}",
            ReplicationActivities.SETTINGS.stream()
                .map(SqlText::literal)
                .collect(Collectors.joining(", ")));
  }

  private static MemberObserved observed(InstanceId instance, Statement answers)
      throws SQLException {
    ResultSet here = answers.getResultSet();
    if (here == null || !here.next()) {
      throw new SQLException("no row where one was expected", "02000");
    }
    SystemIdentifier system = SystemIdentifier.parse(text(here, "system_identifier"));
    Standing standing = standing(here);
    List<Sender> senders = next(answers, MemberReading::sender);
    List<Slot> slots = next(answers, MemberReading::slot);
    List<Receiver> receivers = next(answers, MemberReading::receiver);
    List<Setting> settings = next(answers, MemberReading::setting);
    List<String> unwaited = next(answers, row -> text(row, "unwaited"));
    List<MemberLoad> load = next(answers, row -> load(row, unwaited));
    return new MemberObserved(
        instance,
        system,
        standing,
        new Replication(senders, slots, receivers),
        settings,
        load.get(0));
  }

  private static <T> List<T> next(Statement answers, Session.RowReader<T> reader)
      throws SQLException {
    answers.getMoreResults();
    List<T> read = new ArrayList<>();
    try (ResultSet rows = answers.getResultSet()) {
      while (rows.next()) {
        read.add(reader.read(rows));
      }
    }
    return read;
  }

  private static Standing standing(ResultSet row) throws SQLException {
    boolean inRecovery = row.getBoolean("in_recovery");
    TimelineId timeline =
        inRecovery
            ? new TimelineId(row.getLong("recovery_timeline"))
            : TimelineId.ofHex(text(row, "wal_file").substring(0, 8));
    return new Standing(
        inRecovery,
        timeline,
        Lsn.parse(text(row, "received")),
        new Replay(
            Lsn.parse(text(row, "replayed")), row.getBoolean("paused"), text(row, "last_replayed")),
        row.getLong("clock_millis"),
        row.getBoolean("more"));
  }

  private static Sender sender(ResultSet row) throws SQLException {
    return new Sender(
        text(row, "application_name"),
        text(row, "address"),
        text(row, "state"),
        text(row, "sync"),
        row.getLong("lag_bytes"),
        text(row, "slot"),
        row.getLong("silent_seconds"),
        row.getLong("replied_millis"),
        positions(row));
  }

  private static SenderPositions positions(ResultSet row) throws SQLException {
    return new SenderPositions(
        text(row, "sent"),
        text(row, "written"),
        text(row, "flushed"),
        text(row, "replayed"),
        row.getLong("priority"));
  }

  private static Slot slot(ResultSet row) throws SQLException {
    return new Slot(
        text(row, "slot_name"),
        text(row, "plugin"),
        row.getBoolean("active"),
        row.getLong("kept_bytes"),
        text(row, "wal_status"));
  }

  private static Receiver receiver(ResultSet row) throws SQLException {
    return new Receiver(
        text(row, "status"),
        text(row, "sender_host"),
        row.getInt("sender_port"),
        text(row, "slot"),
        row.getLong("heard_millis"),
        text(row, "connection"),
        text(row, "sender_end"));
  }

  private static Setting setting(ResultSet row) throws SQLException {
    String name = text(row, "name");
    String value = text(row, "value");
    return new Setting(name, masked(name, value), row.getBoolean("pending_restart"));
  }

  static String masked(String name, String value) {
    return switch (name) {
      case "primary_conninfo" -> ConnectionText.masked(value);
      case "archive_command" -> ArchiveCommand.masked(value);
      default -> ReplicationActivities.SETTINGS.contains(name) ? value : "";
    };
  }

  private static MemberLoad load(ResultSet row, List<String> unwaited) throws SQLException {
    return new MemberLoad(
        row.getLong("prepared"),
        row.getLong("longest"),
        row.getLong("backups"),
        row.getLong("unarchived"),
        unwaited,
        row.getLong("conflicts"));
  }
}
