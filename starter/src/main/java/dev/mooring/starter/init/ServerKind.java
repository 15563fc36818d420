package dev.mooring.starter.init;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;

/** The kind of a server, as it reports itself. */
public enum ServerKind {
  /** PostgreSQL. */
  POSTGRES,
  /** The coordinator dispatches a Greenplum's statements, and has its catalogue. */
  COORDINATOR,
  /** A Greenplum segment: it holds a part of the data and knows no other instance. */
  SEGMENT,
  /** A Greenplum before 7, whose PostgreSQL can't be parked at a restore point. */
  TOO_OLD;

  /** The server_version_num of PostgreSQL 12, which Greenplum 7 is made of. */
  private static final int OLDEST_GREENPLUM = 120_000;

  /** The forks that Mooring knows as a Greenplum. */
  private static final Pattern FAMILY =
      Pattern.compile("Greenplum|WarehousePG|Cloudberry|Greengage");

  private static final String FAMILY_SQL =
      """
      SELECT pg_catalog.version(), pg_catalog.to_regclass('gp_segment_configuration') IS NOT NULL,
             pg_catalog.current_setting('server_version_num')::int
      """;
  private static final String INSTANCE_SQL =
      """
      SELECT coalesce(pg_catalog.current_setting('gp_contentid', true), ''),
             coalesce(pg_catalog.current_setting('gp_role', true), '')
      """;

  /**
   * Asks a server that took the connection. Neither question needs a right: a catalogue that the
   * role may not read makes it no PostgreSQL.
   */
  public static ServerKind of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery(FAMILY_SQL)) {
        row.next();
        if (!isGreenplum(row.getString(1), row.getBoolean(2))) {
          return POSTGRES;
        }
        // current_setting(…, true), which is asked next, is not there before PostgreSQL 9.6
        if (isTooOld(row.getInt(3))) {
          return TOO_OLD;
        }
      }
      try (ResultSet row = statement.executeQuery(INSTANCE_SQL)) {
        row.next();
        return ofGreenplum(row.getString(1), row.getString(2));
      }
    }
  }

  /**
   * Whether a server belongs to a Greenplum.
   *
   * @param version the output of {@code version()}
   * @param catalogue whether pg_catalog has gp_segment_configuration; false too if the role may not
   *     look for it
   */
  static boolean isGreenplum(String version, boolean catalogue) {
    return catalogue || FAMILY.matcher(version).find();
  }

  /**
   * Whether a Greenplum is older than the releases that Mooring supports.
   *
   * @param number its server_version_num
   */
  static boolean isTooOld(int number) {
    return number < OLDEST_GREENPLUM;
  }

  /**
   * The kind of a Greenplum's instance.
   *
   * @param content gp_contentid, or empty
   * @param role gp_role, or empty
   */
  static ServerKind ofGreenplum(String content, String role) {
    boolean segment = !content.isEmpty() && !content.equals("-1");
    return segment || role.equals("execute") ? SEGMENT : COORDINATOR;
  }

  /** Whether that is how a segment refuses a connection such as users have. */
  public static boolean isSegmentsRefusal(SQLException refusal) {
    return "57P03".equals(refusal.getSQLState())
        && String.valueOf(refusal.getMessage()).contains("segments are not allowed");
  }
}
