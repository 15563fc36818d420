package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.init.Login;
import dev.mooring.starter.init.SegmentConfiguration;
import dev.mooring.starter.init.SegmentConfiguration.Segment;
import dev.mooring.starter.init.ServerKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The settings of a running primary, or of a Greenplum's coordinator with all its instances.
 *
 * @param address its host, as given
 * @param port where it listens
 * @param dataDirectory data_directory; empty for a coordinator
 * @param major its major version; 0 for a coordinator
 * @param systemIdentifier its system identifier; empty for a coordinator
 * @param archiveCommand archive_command, or empty
 * @param segments gp_segment_configuration of a coordinator; else empty
 */
record FirstServer(
    String address,
    int port,
    String dataDirectory,
    int major,
    String systemIdentifier,
    String archiveCommand,
    List<Segment> segments) {
  private static final String SQL =
      """
      SELECT current_setting('data_directory'),
             current_setting('server_version_num')::int / 10000,
             (pg_control_system()).system_identifier::text,
             current_setting('archive_mode') || ' ' || current_setting('archive_command')
      """;

  /** SQLSTATE insufficient_privilege. */
  private static final String NO_RIGHT = "42501";

  FirstServer {
    segments = List.copyOf(segments);
  }

  /** Whether it is a Greenplum's coordinator. */
  boolean isCoordinator() {
    return !segments.isEmpty();
  }

  /** Asks the server at HOST:PORT. */
  static FirstServer ask(String at, Login login) {
    int colon = at.lastIndexOf(':');
    if (colon < 1 || !at.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw CommandFailure.usage(
          "--server must be HOST:PORT, got '" + at + "'", "for example --server db1:5432");
    }
    String address = at.substring(0, colon);
    int port = Integer.parseInt(at.substring(colon + 1));
    try (Connection connection = login.connect(at)) {
      requirePrimary(at, connection);
      return switch (ServerKind.of(connection)) {
        case POSTGRES -> postgres(address, port, connection);
        case COORDINATOR ->
            new FirstServer(address, port, "", 0, "", "", catalogue(at, login, connection));
        case SEGMENT -> throw segment(at);
        case TOO_OLD -> throw tooOld(at, connection.getMetaData().getDatabaseProductVersion());
      };
    } catch (SQLException e) {
      throw ServerKind.isSegmentsRefusal(e) ? segment(at) : silent(at, login, e);
    }
  }

  private static void requirePrimary(String at, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_is_in_recovery()")) {
      row.next();
      if (row.getBoolean(1)) {
        throw CommandFailure.refused(
            at + " is in recovery, not a primary", "name the primary of that content");
      }
    }
  }

  private static FirstServer postgres(String address, int port, Connection connection)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SQL)) {
      row.next();
      String[] archive = row.getString(4).split(" ", 2);
      return new FirstServer(
          address,
          port,
          row.getString(1),
          row.getInt(2),
          row.getString(3),
          archive[0].equals("off") || archive.length < 2 ? "" : archive[1],
          List.of());
    }
  }

  /** A setting that the role may not read makes it no PostgreSQL server. */
  private static List<Segment> catalogue(String at, Login login, Connection connection)
      throws SQLException {
    try {
      List<Segment> segments = SegmentConfiguration.of(connection);
      if (segments.isEmpty()) {
        throw CommandFailure.refused(
            at + " is a Greenplum's, and its gp_segment_configuration is empty",
            "name the coordinator as users reach it");
      }
      return segments;
    } catch (SQLException e) {
      if (!NO_RIGHT.equals(e.getSQLState())) {
        throw e;
      }
      throw CommandFailure.failed(
          at + " is a Greenplum's coordinator and does not show its catalogue: " + e.getMessage(),
          "as a superuser: GRANT SELECT ON gp_segment_configuration TO " + login.user(),
          e);
    }
  }

  private static CommandFailure segment(String at) {
    return CommandFailure.refused(
        at + " is a segment of a Greenplum, which knows nothing of the other instances",
        "name the coordinator alone, as users reach it: --server COORDINATOR:5432");
  }

  private static CommandFailure tooOld(String at, String version) {
    return CommandFailure.refused(
        at + " is of PostgreSQL " + version + ": Greenplum 6 is not supported",
        "upgrade it to Greenplum 7 or later, whose PostgreSQL is 12 or later");
  }

  private static CommandFailure silent(String at, Login login, SQLException e) {
    return CommandFailure.failed(
        at + " did not answer: " + e.getMessage(),
        "check address, pgpass, pg_hba.conf and --ssl-mode (now "
            + login.sslMode()
            + "); the role needs"
            + " pg_read_all_settings",
        e);
  }
}
