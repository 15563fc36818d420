package dev.mooring.activities.jdbc;

import static dev.mooring.activities.jdbc.ServerReading.text;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.quoting.SqlText;
import dev.mooring.topology.InstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Physical slots of one server. Each name is read before it is changed; if another session changed
 * it in between, the server reports that and it is accepted.
 */
final class SlotsSql {
  private static final String DUPLICATE_OBJECT = "42710";
  private static final String UNDEFINED_OBJECT = "42704";
  private static final String OBJECT_IN_USE = "55006";

  private final Session session;
  private final List<String> made = new ArrayList<>();
  private final List<String> dropped = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  SlotsSql(Session session) {
    this.session = session;
  }

  /** The slot of a name. */
  private enum Found {
    NOTHING,
    PHYSICAL,
    /** In use right now. */
    ACTIVE,
    /** The slot keeps no WAL: it was never used, or its WAL was removed. */
    EMPTY
  }

  SlotsSet set(InstanceId instance, List<String> present, List<String> absent)
      throws DatabaseFault {
    for (String name : present) {
      make(name, look(name));
    }
    for (String name : absent) {
      drop(name, look(name));
    }
    return new SlotsSet(instance, made, dropped, kept);
  }

  private Found look(String name) throws DatabaseFault {
    return session.run(
        "SELECT slot_type, plugin, active, restart_lsn IS NULL OR wal_status = 'lost' AS empty"
            + " FROM pg_replication_slots WHERE slot_name = "
            + SqlText.literal(name),
        While.READING,
        statement -> {
          try (ResultSet row = statement.getResultSet()) {
            return row.next() ? found(name, row) : Found.NOTHING;
          }
        });
  }

  private static Found found(String name, ResultSet row) throws SQLException {
    if (!text(row, "slot_type").equals("physical")) {
      throw new SQLException(
          "slot " + name + " is logical (" + text(row, "plugin") + "), not a standby's", "42809");
    }
    if (row.getBoolean("active")) {
      return Found.ACTIVE;
    }
    return row.getBoolean("empty") ? Found.EMPTY : Found.PHYSICAL;
  }

  /** A slot that keeps no WAL is created again: a copy taken now could not continue from it. */
  private void make(String name, Found found) throws DatabaseFault {
    if (found == Found.EMPTY) {
      drop(name, found);
    }
    if (found == Found.PHYSICAL || found == Found.ACTIVE) {
      return;
    }
    if (did(
        "SELECT pg_create_physical_replication_slot(" + SqlText.literal(name) + ", true)",
        DUPLICATE_OBJECT)) {
      made.add(name);
    }
  }

  private void drop(String name, Found found) throws DatabaseFault {
    if (found == Found.NOTHING) {
      return;
    }
    if (found == Found.ACTIVE) {
      kept.add(name);
      return;
    }
    try {
      if (did("SELECT pg_drop_replication_slot(" + SqlText.literal(name) + ")", UNDEFINED_OBJECT)) {
        dropped.add(name);
      }
    } catch (DatabaseFault fault) {
      if (!SqlErrors.stateOf(fault).equals(OBJECT_IN_USE)) {
        throw fault;
      }
      kept.add(name);
    }
  }

  /** False if the server reports that it is so already. */
  private boolean did(String sql, String already) throws DatabaseFault {
    try {
      session.execute(sql, While.CHANGING);
      return true;
    } catch (DatabaseFault fault) {
      if (SqlErrors.stateOf(fault).equals(already)) {
        return false;
      }
      throw fault;
    }
  }
}
