package dev.mooring.dev.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.Backup;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.postgres.InstanceState;
import dev.mooring.topology.InstanceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What real hosts show of real instances. */
@Tag("all")
class InstanceObservedIT {
  private static Lab lab;
  private static Fleet fleet;

  @BeforeAll
  static void up() {
    lab =
        Lab.up(LabPlan.fleet(2).named("observed").withInstancesPerHost(2).withWalFileMegabytes(64));
    fleet = new Fleet(lab);
    lab.snapshot();
  }

  @AfterEach
  void backToTheFirstState() {
    lab.restore();
  }

  @AfterAll
  static void down() {
    fleet.close();
    lab.close();
  }

  @Test
  void observes_primaries_and_fresh_base_backups_as_they_are() {
    HostObserved east = fleet.observe("east");
    assertThat(east.failures()).isEmpty();
    assertThat(east.observed())
        .hasSize(2)
        .allMatch(i -> i.process() == ServerProcess.RUNNING)
        .allMatch(i -> i.control().state() == InstanceState.IN_PRODUCTION)
        .allMatch(i -> i.recovery().backup() instanceof Backup.None);
    HostObserved west = fleet.observe("west");
    assertThat(west.failures()).isEmpty();
    assertThat(west.highestEpoch().value()).isZero();
    for (InstanceObserved instance : west.observed()) {
      assertThat(instance.process()).isEqualTo(ServerProcess.STOPPED);
      assertThat(instance.controlDigest()).matches("[0-9a-f]{64}");
      assertThat(instance.pgWalFreeBytes()).isPositive();
      assertThat(instance.recovery().backup())
          .isInstanceOfSatisfying(
              Backup.Fresh.class,
              fresh -> assertThat(fresh.start().isBefore(fresh.end())).isTrue());
    }
  }

  @Test
  void takes_no_instance_for_stopped_while_a_process_of_it_lives() throws Exception {
    LabInstance east = lab.instance("east-0");
    try (Connection busy = lab.connect(east);
        Statement statement = busy.createStatement()) {
      long backend = Long.parseLong(fleet.ask(busy, "SELECT pg_backend_pid()"));
      Thread query = new Thread(() -> runUntilKilled(statement), "busy");
      query.start();
      Fleet.until(() -> backendIsActive(east, backend));
      Path lockFile = east.dataDirectory().resolve("postmaster.pid");
      long postmaster = Long.parseLong(Files.readAllLines(lockFile).get(0));
      ProcessHandle.of(postmaster).orElseThrow().destroyForcibly();
      Fleet.until(() -> !lab.isRunning(east));
      assertThat(fleet.observe("east").observed().get(0).process())
          .isEqualTo(ServerProcess.ORPHANED);
      ProcessHandle.of(backend).orElseThrow().destroyForcibly();
      query.join();
      Fleet.until(() -> fleet.observe("east").observed().get(0).process() == ServerProcess.STOPPED);
    }
  }

  private static void runUntilKilled(Statement statement) {
    assertThatThrownBy(
            () ->
                statement.execute(
                    "SELECT count(*) FROM (SELECT generate_series(1, 2000000000)) AS n"))
        .isInstanceOf(SQLException.class);
  }

  private static boolean backendIsActive(LabInstance instance, long backend) {
    try {
      return fleet
          .ask(instance, "SELECT state FROM pg_stat_activity WHERE pid = " + backend)
          .equals("active");
    } catch (SQLException gone) {
      throw new AssertionError("backend " + backend + " could not be looked for", gone);
    }
  }

  @Test
  void names_what_postgres_would_refuse_at_a_start() throws Exception {
    Path data = lab.instance("west-0").dataDirectory();
    Path own = data.resolve("postgresql.auto.conf");
    String before = Files.readString(own);
    Path rules = Files.writeString(data.resolve("rules.conf"), "local all all none_such\n");
    assertThat(refusals()).isEmpty();
    for (Map.Entry<String, String> each :
        Map.of(
                "ssl = on",
                "ssl_cert_file is " + data + "/server.crt: can't be read",
                "wal_level = minimal",
                "would not start: FATAL: WAL archival cannot be enabled",
                "superuser_reserved_connections = 9999",
                "must be less than max_connections",
                "hba_file = '/none/such'",
                "/none/such can't be read, or has no entry",
                "hba_file = '" + rules + "'",
                "invalid authentication method \"none_such\"",
                "listen_addresses = '192.0.2.7'",
                "no address of this host that is free: 192.0.2.7")
            .entrySet()) {
      Files.writeString(own, before + each.getKey() + "\n");
      assertThat(refusals().toString()).as(each.getKey()).contains(each.getValue());
      assertThat(data.resolve("postmaster.pid")).doesNotExist();
    }
  }

  private static List<String> refusals() {
    return fleet.observe("west").observed().get(0).missing();
  }

  @Test
  void makes_a_control_file_that_is_not_whole_that_instances_failure() {
    Path control = lab.instance("west-0").dataDirectory().resolve("global/pg_control");
    lab.faults().flipByte(control, 40);
    HostObserved seen = fleet.observe("west");
    assertThat(seen.observed())
        .extracting(InstanceObserved::instance)
        .containsExactly(new InstanceId("west-1"));
    assertThat(seen.failures())
        .singleElement()
        .extracting(InstanceFailure::code)
        .isEqualTo(FailureCode.STATE_UNREADABLE);
  }
}
