package dev.mooring.dev.lab;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The database of each instance: its roles, and the tables that load and prober write to. */
final class LabDatabase {
  static final String SUPERUSER = "postgres";
  static final String NAME = "postgres";

  /** The role that Mooring connects as. It is no superuser. */
  static final String ROLE = "mooring";

  private static final int FIRST_MAJOR_WITH_CHECKPOINT_ROLE = 15;

  private LabDatabase() {}

  static void execute(Connection connection, List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The one text that a query answers. */
  static String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }

  /** Makes the role that Mooring connects as, with the rights its runbooks need and no more. */
  static List<String> roleStatements(int major, String password) {
    List<String> everywhere =
        List.of(
            "CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(ROLE, password),
            "GRANT pg_monitor TO " + ROLE,
            "GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO " + ROLE,
            "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO " + ROLE);
    return major < FIRST_MAJOR_WITH_CHECKPOINT_ROLE
        ? everywhere
        : Command.join(everywhere, List.of("GRANT pg_checkpoint TO " + ROLE));
  }

  /** The further rights of the role if standbys stream: for slots, and to end walsenders. */
  static List<String> slotStatements() {
    return List.of("ALTER ROLE " + ROLE + " REPLICATION", "GRANT pg_signal_backend TO " + ROLE);
  }

  /** Whether the role may ask for a checkpoint, which before 15 only a superuser may. */
  static boolean mayCheckpoint(int major) {
    return major >= FIRST_MAJOR_WITH_CHECKPOINT_ROLE;
  }
}
