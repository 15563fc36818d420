package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.evidence.ClockWindow;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.quoting.SqlText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;

/**
 * Creates a restore point on one primary. Clock, point, clock are three statements of one message:
 * the server runs them one after the other, so the point's time is between the two readings, and
 * there is one network round trip.
 */
final class RestorePointSql {
  private RestorePointSql() {}

  /**
   * The server's answer.
   *
   * @param clock its clock around the creation
   * @param startedAt when its postmaster was started, read after the creation
   */
  record Made(ContentTarget target, ClockWindow clock, Instant startedAt) {}

  static Made make(Server server, Session session, ServerObserved seen, RestorePointName name)
      throws DatabaseFault {
    try {
      return session.run(
          sql(name, seen),
          While.CHANGING,
          results -> made(server, results, seen.position().walSegmentSize()));
    } catch (IllegalArgumentException unreadable) {
      throw new DatabaseFault(
          FailureCode.STATE_UNREADABLE, String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  /**
   * {@code pg_walfile_name} of a position on a file boundary names the file before it up to version
   * 16 and the file after it from 17 on; the record is in the one before.
   */
  private static String sql(RestorePointName name, ServerObserved seen) {
    return """
    SELECT clock_timestamp() AS at;
    SELECT set_config('mooring.point', pg_create_restore_point(%s)::text, false);
    %s
    """
        .formatted(
            SqlText.literal(name.value()), whereItIs("current_setting('mooring.point')", seen));
  }

  private static String whereItIs(String lsn, ServerObserved seen) {
    String inRecord = seen.identity().version().major() >= 17 ? "point.lsn - 1" : "point.lsn";
    return """
    SELECT clock_timestamp() AS at, point.lsn::text AS lsn, pg_walfile_name(%s) AS wal_file,
           (pg_control_system()).system_identifier::text AS system_identifier,
           pg_postmaster_start_time() AS started_at
      FROM (SELECT %s::pg_lsn AS lsn) AS point
    """
        .formatted(inRecord, lsn);
  }

  /**
   * The place of a point that this instance wrote for another's call.
   *
   * @param before its clock before that call
   */
  static Made madeAt(Server server, Session session, ServerObserved seen, Lsn lsn, Instant before)
      throws DatabaseFault {
    try {
      return session.row(
          whereItIs(SqlText.literal(lsn.toString()), seen),
          While.READING,
          row -> made(server, row, before, seen.position().walSegmentSize()));
    } catch (IllegalArgumentException unreadable) {
      throw new DatabaseFault(
          FailureCode.STATE_UNREADABLE, String.valueOf(unreadable.getMessage()), unreadable);
    }
  }

  private static Made made(Server server, Statement results, WalSegmentSize size)
      throws SQLException {
    Instant before = ServerReading.instant(row(results), "at");
    results.getMoreResults();
    row(results);
    results.getMoreResults();
    return made(server, row(results), before, size);
  }

  private static Made made(Server server, ResultSet after, Instant before, WalSegmentSize size)
      throws SQLException {
    Lsn lsn = Lsn.parse(ServerReading.text(after, "lsn"));
    WalFileName file = new WalFileName(ServerReading.text(after, "wal_file"));
    TimelineId timeline = file.timeline();
    WalFileName computed = WalFileName.containingByteBefore(timeline, lsn, size);
    if (!computed.equals(file)) {
      throw new IllegalArgumentException(
          "the server says " + lsn + " is in WAL file " + file + ", computed " + computed);
    }
    ContentTarget target =
        new ContentTarget(
            server.instance().content(),
            SystemIdentifier.parse(ServerReading.text(after, "system_identifier")),
            timeline,
            lsn,
            file,
            size);
    return new Made(
        target,
        new ClockWindow(before, ServerReading.instant(after, "at")),
        ServerReading.instant(after, "started_at"));
  }

  private static ResultSet row(Statement results) throws SQLException {
    ResultSet rows = results.getResultSet();
    if (rows == null || !rows.next()) {
      throw new SQLException("no row where one was expected", "02000");
    }
    return rows;
  }
}
