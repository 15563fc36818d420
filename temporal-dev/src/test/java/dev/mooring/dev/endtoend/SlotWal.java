package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** WAL that a slot keeps on its sender whatever checkpoints put away. */
final class SlotWal {
  /** Of a position between two files pg_walfile_name names the one before. */
  private static final String CURRENT = "SELECT pg_walfile_name(pg_current_wal_lsn() + 1)";

  /** The slot moves on with whoever streams by it. */
  private static final String IS_KEPT =
      "SELECT min(name) <= pg_walfile_name((SELECT restart_lsn + 1 FROM pg_replication_slots"
          + " WHERE slot_name = '%s')) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'";

  private SlotWal() {}

  /** Writes on, file after file, and sees that all that the slot needs stays. */
  static void assertKept(Lab lab, LabInstance sender, String slot) throws SQLException {
    try (Connection connection = lab.connect(sender);
        Statement statement = connection.createStatement()) {
      String begun = text(statement, CURRENT);
      for (int file = 0; file < 4; file++) {
        statement.execute("SELECT pg_logical_emit_message(false, 'slot', 'one'), pg_switch_wal()");
        statement.execute("CHECKPOINT");
      }
      assertThat(text(statement, CURRENT)).isGreaterThan(begun);
      assertThat(text(statement, IS_KEPT.formatted(slot))).isEqualTo("t");
    }
  }

  private static String text(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return String.valueOf(rows.getString(1));
    }
  }
}
