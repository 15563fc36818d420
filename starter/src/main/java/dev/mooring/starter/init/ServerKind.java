package dev.mooring.starter.init;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;

/** What a server is by its own words. */
public enum ServerKind {
  /** One of PostgreSQL's own. */
  POSTGRES,
  /** The coordinator dispatches a Greenplum's statements, and has its catalogue. */
  COORDINATOR,
  /** An instance that holds a part of a Greenplum's data and knows nothing of the others. */
  SEGMENT,
  /** Of a Greenplum before 7, whose PostgreSQL can't be parked at a restore point. */
  TOO_OLD;

  /** The server_version_num of PostgreSQL 12, which Greenplum 7 is made of. */
  private static final int OLDEST_GREENPLUM = 120_000;

  /** The forks that Mooring knows as a Greenplum. */
  private static final Pattern FAMILY =
      Pattern.compile("Greenplum|WarehousePG|Cloudberry|Greengage");

  private static final String FAMILY_SQL =
      """
      SELECT version(), to_regclass('gp_segment_configuration') IS NOT NULL,
             current_setting('server_version_num')::int
      """;
  private static final String INSTANCE_SQL =
      """
      SELECT coalesce(current_setting('gp_contentid', true), ''),
             coalesce(current_setting('gp_role', true), '')
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
   * Whether it belongs to a Greenplum.
   *
   * @param version what {@code version()} says
   * @param catalogue whether the search path has gp_segment_configuration; one that the role may
   *     not look for it in does not
   */
  static boolean isGreenplum(String version, boolean catalogue) {
    return catalogue || FAMILY.matcher(version).find();
  }

  /**
   * Whether a Greenplum is older than the ones that Mooring supports.
   *
   * @param number its server_version_num
   */
  static boolean isTooOld(int number) {
    return number < OLDEST_GREENPLUM;
  }

  /**
   * Which instance of a Greenplum it is.
   *
   * @param content gp_contentid; empty if it does not say
   * @param role gp_role; empty if it does not say
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
