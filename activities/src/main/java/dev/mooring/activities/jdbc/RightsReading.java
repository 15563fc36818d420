package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.DatabaseActivities.Right;
import dev.mooring.port.DatabaseActivities.ServerRights;
import dev.mooring.topology.InstanceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads in one statement the rights of the connected role on one server. */
final class RightsReading {
  private static final String SQL =
      """
      SELECT pg_has_role('pg_monitor', 'USAGE') AS monitor,
             has_function_privilege('pg_create_restore_point(text)', 'EXECUTE') AS restore_point,
             has_function_privilege('pg_switch_wal()', 'EXECUTE') AS switch_wal,
             coalesce((SELECT pg_has_role(oid, 'USAGE') FROM pg_roles
                        WHERE rolname = 'pg_checkpoint'),
                      (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)) AS checkpoint,
             coalesce(has_function_privilege(to_regprocedure(%s || '(text)'), 'EXECUTE'), true)
               AS greenplum_point,
             coalesce(has_function_privilege(to_regprocedure(%s || '()'), 'EXECUTE'), true)
               AS greenplum_switch
      """
          .formatted(
              GreenplumSql.lookup("gp_create_restore_point(text)"),
              GreenplumSql.lookup("gp_switch_wal()"));

  private RightsReading() {}

  static ServerRights of(InstanceId instance, Session session) throws DatabaseFault {
    return session.row(SQL, While.READING, row -> new ServerRights(instance, held(row)));
  }

  private static List<Right> held(ResultSet row) throws SQLException {
    List<Right> held = new ArrayList<>();
    for (Right right : Right.values()) {
      if (row.getBoolean(right.name().toLowerCase(Locale.ROOT))) {
        held.add(right);
      }
    }
    return held;
  }
}
