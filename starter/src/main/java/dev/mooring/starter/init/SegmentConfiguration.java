package dev.mooring.starter.init;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The instances of production, by the coordinator's {@code gp_segment_configuration}. */
public final class SegmentConfiguration {
  private static final String SQL =
      """
      SELECT dbid, content, preferred_role, hostname, port, datadir
      FROM gp_segment_configuration ORDER BY preferred_role DESC, content, dbid
      """;

  private SegmentConfiguration() {}

  /**
   * One row.
   *
   * @param mirror whether it is configured as a mirror, or as the standby coordinator
   */
  public record Segment(
      int dbid, int content, boolean mirror, String host, int port, String dataDirectory) {}

  /**
   * Reads the rows from the coordinator.
   *
   * @throws SQLException if it is no Greenplum, or the role may not read the catalogue
   */
  public static List<Segment> of(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
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
