package dev.mooring.starter;

import dev.mooring.starter.console.CommandFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * What a running primary says of itself.
 *
 * @param address its host, as given
 * @param port where it listens
 * @param dataDirectory data_directory
 * @param major its major version
 * @param systemIdentifier whose data it is
 * @param archiveCommand archive_command, or empty
 */
record FirstServer(
    String address,
    int port,
    String dataDirectory,
    int major,
    String systemIdentifier,
    String archiveCommand) {
  private static final String SQL =
      """
      SELECT current_setting('data_directory'),
             current_setting('server_version_num')::int / 10000,
             (pg_control_system()).system_identifier::text,
             current_setting('archive_mode') || ' ' || current_setting('archive_command'),
             pg_is_in_recovery()
      """;

  /** Asks the server at HOST:PORT. */
  static FirstServer ask(String at, String user, String database, String sslMode) {
    int colon = at.lastIndexOf(':');
    if (colon < 1 || !at.substring(colon + 1).matches("[0-9]{1,5}")) {
      throw CommandFailure.usage(
          "--server must be HOST:PORT, got '" + at + "'", "for example --server db1:5432");
    }
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("sslmode", sslMode);
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("socketTimeout", "10");
    properties.setProperty("ApplicationName", "mooring init");
    try (Connection connection =
            DriverManager.getConnection("jdbc:postgresql://" + at + "/" + database, properties);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SQL)) {
      row.next();
      if (row.getBoolean(5)) {
        throw CommandFailure.refused(
            at + " is in recovery, not a primary", "name the primary of that content");
      }
      String[] archive = row.getString(4).split(" ", 2);
      return new FirstServer(
          at.substring(0, colon),
          Integer.parseInt(at.substring(colon + 1)),
          row.getString(1),
          row.getInt(2),
          row.getString(3),
          archive[0].equals("off") || archive.length < 2 ? "" : archive[1]);
    } catch (SQLException e) {
      throw CommandFailure.failed(
          at + " did not answer: " + e.getMessage(),
          "check address, pgpass, pg_hba.conf and --ssl-mode (now "
              + sslMode
              + "); the role needs"
              + " pg_read_all_settings",
          e);
    }
  }
}
