package dev.mooring.dev.laws;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.postgres.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Law 2 for an instance that is parked readable: its server and its log prove it. */
final class ReadableProof {
  private ReadableProof() {}

  static List<String> ofServer(Lab lab, LabInstance instance, Lsn point) {
    if (!lab.isRunning(instance)) {
      return List.of("is parked readable, and does not run");
    }
    try (Connection connection = lab.connect(instance);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT pg_is_in_recovery(), pg_get_wal_replay_pause_state(),"
                    + " pg_last_wal_replay_lsn()::text")) {
      row.next();
      List<String> against = new ArrayList<>();
      if (!row.getBoolean(1)) {
        return List.of("is parked readable, and accepts writes");
      }
      if (!row.getString(2).equals("paused")) {
        against.add("is parked readable, and its replay is '" + row.getString(2) + "'");
      }
      if (!Lsn.parse(row.getString(3)).equals(point)) {
        against.add("has replayed to " + row.getString(3) + ", the point is at " + point);
      }
      return against;
    } catch (SQLException e) {
      return List.of("is parked readable, and can't be read: " + e.getMessage());
    }
  }

  /**
   * @param after the log of its last start from the stop line on
   */
  static List<String> ofLog(String after, String point) {
    return after.contains("pausing at the end of recovery")
        ? List.of()
        : List.of("did not say that it paused at " + point);
  }
}
