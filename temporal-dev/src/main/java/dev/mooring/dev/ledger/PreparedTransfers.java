package dev.mooring.dev.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Transfers left prepared by a load that was killed, brought to the end that was decided. */
final class PreparedTransfers {
  private static final String OURS = "SELECT gid FROM pg_prepared_xacts WHERE gid LIKE 'lab-%'";

  private PreparedTransfers() {}

  /** Commits the decided transfers and rolls back the rest, on every database. */
  static void settle(LoadPlan plan, Decisions decisions) {
    Set<String> committed = decisions.committed();
    for (Database database : plan.databases()) {
      try (Connection connection = database.connect();
          Statement statement = connection.createStatement()) {
        for (String transfer : on(connection)) {
          String end = committed.contains(transfer) ? "COMMIT" : "ROLLBACK";
          statement.execute("%s PREPARED '%s'".formatted(end, transfer));
        }
      } catch (SQLException e) {
        throw new LoadFailure(
            "could not settle the prepared transfers on " + database.instance(), e);
      }
    }
  }

  /** The transfers that are prepared on a database. */
  static List<String> on(Connection connection) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(OURS)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return List.copyOf(found);
  }
}
