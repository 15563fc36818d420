package dev.mooring.starter.whpgdrsync;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** The instances of production, by the coordinator's {@code gp_segment_configuration}. */
final class SegmentConfiguration {
  private static final String SQL =
      """
      SELECT dbid, content, preferred_role, hostname, port, datadir
      FROM gp_segment_configuration ORDER BY preferred_role DESC, content, dbid
      """;

  private SegmentConfiguration() {}

  /**
   * One row.
   *
   * @param mirror whether it is set up as a mirror, or as the standby coordinator
   */
  record Segment(
      int dbid, int content, boolean mirror, String host, int port, String dataDirectory) {}

  /**
   * Asks the coordinator.
   *
   * @throws SQLException when it does not answer, or is no Greenplum
   */
  static List<Segment> of(WhpgDrSyncConfig.Primary at, String user, String database, String sslMode)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("sslmode", sslMode);
    properties.setProperty("connectTimeout", "3");
    properties.setProperty("loginTimeout", "5");
    properties.setProperty("socketTimeout", "10");
    properties.setProperty("ApplicationName", "mooring init");
    String url = "jdbc:postgresql://" + at.host() + ":" + at.port() + "/" + database;
    try (Connection connection = DriverManager.getConnection(url, properties);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(SQL)) {
      List<Segment> segments = new ArrayList<>();
      while (row.next()) {
        segments.add(
            new Segment(
                row.getInt(1),
                row.getInt(2),
                row.getString(3).equals("m"),
                row.getString(4),
                row.getInt(5),
                row.getString(6)));
      }
      return segments;
    }
  }
}
