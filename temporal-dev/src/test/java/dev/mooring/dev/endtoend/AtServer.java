package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What a test does at a lab's server as its superuser. */
final class AtServer {

  private AtServer() {}

  /**
   * Promotes a mirror, which lets nobody in until it is promoted. {@code pg_ctl} waits for the
   * control file alone, and that is written before the startup process ends; only after its end
   * does the postmaster accept a connection.
   */
  static void promoteMirror(Lab lab, LabInstance mirror) {
    lab.run(
        mirror.host(),
        lab.postgresPrograms().resolve("pg_ctl").toString(),
        "--silent",
        "--wait",
        "--pgdata=" + mirror.dataDirectory(),
        "promote");
    Await.until(() -> letsIn(lab, mirror), () -> mirror.id() + " let nobody in");
  }

  private static boolean letsIn(Lab lab, LabInstance mirror) {
    try (Connection connection = lab.connect(mirror)) {
      return connection.isValid(1);
    } catch (SQLException | LabFailure notYet) {
      return false;
    }
  }

  static void execute(Lab lab, LabInstance instance, String... statements) {
    try (Connection connection = lab.connect(instance);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  static List<String> rows(Lab lab, LabInstance instance, String query) {
    try (Connection connection = lab.connect(instance);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> found = new ArrayList<>();
      while (rows.next()) {
        found.add(rows.getString(1));
      }
      return found;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
