package dev.mooring.dev.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Restore points made and a site parked at them with nothing but SQL and pg_ctl, so that the lab is
 * proved without the product it is there to judge.
 */
final class HandProcedure {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private final Lab lab;

  HandProcedure(Lab lab) {
    this.lab = lab;
  }

  /** Makes the point on every primary, while transfers wait, and sees it archived. */
  void publish(String point) {
    publishWithin(point, LIMIT);
  }

  /** The same, with less patience for the archiver. */
  void publishWithin(String point, Duration limit) {
    try (Connection arbiter = lab.connect(lab.instance("east-0"));
        Statement barrier = arbiter.createStatement()) {
      barrier.execute("SELECT pg_advisory_lock(7707)");
      List<Path> archived = new ArrayList<>();
      for (LabInstance primary : lab.instancesAt("east")) {
        archived.add(lab.archive(primary.content()).resolve(walFileOf(primary, point)));
      }
      barrier.execute("SELECT pg_advisory_unlock(7707)");
      for (LabInstance primary : lab.instancesAt("east")) {
        first(primary, "SELECT pg_switch_wal()");
      }
      Await.until(
          limit,
          () -> archived.stream().allMatch(Files::exists),
          () -> "not archived: " + archived);
    } catch (SQLException e) {
      throw new AssertionError("could not publish " + point, e);
    }
  }

  /** Lets every copy replay to the point and shut down there. */
  void park(String point) {
    for (LabInstance copy : lab.instancesAt("west")) {
      configure(copy, point);
      String start =
          "%s -s -W -D %s -l %s start"
              .formatted(
                  lab.postgresPrograms().resolve("pg_ctl"), copy.dataDirectory(), copy.log());
      new Ssh(lab).run(copy.host().name(), start);
    }
    for (LabInstance copy : lab.instancesAt("west")) {
      Await.until(
          () ->
              stoppedAt(copy, point)
                  && !lab.isRunning(copy)
                  && lab.controlState(copy).equals("shut down in recovery"),
          () -> copy.id() + " was not parked: " + lab.controlState(copy));
    }
  }

  /** A copy parked before looks parked until its new server has begun. */
  private static boolean stoppedAt(LabInstance copy, String point) {
    try {
      return Files.exists(copy.log())
          && Files.readString(copy.log())
              .contains("recovery stopping at restore point \"" + point + "\"");
    } catch (IOException e) {
      throw new AssertionError("could not read the log of " + copy.id(), e);
    }
  }

  private void configure(LabInstance copy, String point) {
    String settings =
        """
        restore_command = 'cp "%s/%%f" "%%p"'
        recovery_target_name = '%s'
        recovery_target_action = 'shutdown'
        hot_standby = 'off'
        """
            .formatted(lab.archive(copy.content()), point);
    try {
      Files.writeString(
          copy.dataDirectory().resolve("postgresql.auto.conf"),
          settings,
          StandardOpenOption.APPEND);
      Path signal = copy.dataDirectory().resolve("standby.signal");
      new Ssh(lab).run(copy.host().name(), "touch " + signal);
    } catch (IOException e) {
      throw new AssertionError("could not configure " + copy.id(), e);
    }
  }

  private String walFileOf(LabInstance primary, String point) throws SQLException {
    return first(primary, "SELECT pg_walfile_name(pg_create_restore_point('" + point + "'))");
  }

  private String first(LabInstance instance, String query) throws SQLException {
    try (Connection connection = lab.connect(instance);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
