package dev.mooring.dev.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.evidence.Cut;
import dev.mooring.port.DatabaseActivities.EnsureCheckpointed;
import dev.mooring.port.DatabaseActivities.InstanceSwitched;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.PointMade;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.DatabaseActivities.WalSwitched;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.PublishPolicy.CheckpointBeforePoint;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Observing servers, making restore points and switching WAL on real primaries. */
@Tag("all")
class DatabaseActivitiesIT {
  private static Lab lab;
  private static Fleet fleet;
  private static JdbcDatabaseActivities databases;

  @BeforeAll
  static void up() {
    lab = Lab.up(LabPlan.fleet(3).named("sql").withWalFileMegabytes(1));
    fleet = new Fleet(lab);
    databases = adapter(lab.environment());
  }

  @AfterAll
  static void down() {
    databases.close();
    lab.close();
  }

  private static JdbcDatabaseActivities adapter(Map<String, String> environment) {
    return new JdbcDatabaseActivities(
        name -> Optional.ofNullable(environment.get(name)), Path.of("/nonexistent"));
  }

  @Test
  void observes_a_primary_as_it_is() throws Exception {
    for (LabInstance instance : lab.instancesAt("east")) {
      fleet.awaitAnswer(instance, "SELECT archived_count > 0 FROM pg_stat_archiver", "t");
    }
    ServersObserved seen =
        databases.observeServers(new OnServers(fleet.call(), Fleet.ACCESS, fleet.primaries()));
    assertThat(seen.failures()).isEmpty();
    assertThat(seen.observed()).hasSize(3);
    for (int i = 0; i < 3; i++) {
      LabInstance instance = lab.instance("east-" + i);
      ServerObserved server = seen.observed().get(i);
      assertThat(server.instance().value()).isEqualTo(instance.id());
      assertThat(server.identity().systemIdentifier().toString())
          .isEqualTo(fleet.ask(instance, "SELECT system_identifier FROM pg_control_system()"));
      assertThat(server.position().inRecovery()).isFalse();
      assertThat(server.position().timeline().value()).isEqualTo(1);
      assertThat(server.position().walSegmentSize().bytes()).isEqualTo(1 << 20);
      assertThat(server.position().recoveryFloor()).isEmpty();
      assertThat(server.archiving().archiveMode()).isEqualTo("on");
      assertThat(server.archiving().archiveCommand()).isEqualTo("set");
      assertThat(server.archiving().limits().maxPreparedTransactions()).isEqualTo(20);
      assertThat(server.archiver().archivedCount()).isPositive();
    }
  }

  @Test
  void answers_per_instance_when_one_is_down() {
    List<Server> servers =
        List.of(fleet.server(lab.instance("east-0")), fleet.server(lab.instance("west-0")));
    ServersObserved seen =
        databases.observeServers(new OnServers(fleet.call(), Fleet.ACCESS, servers));
    assertThat(seen.observed()).hasSize(1);
    assertThat(seen.failures()).hasSize(1);
    assertThat(seen.failures().get(0).code()).isEqualTo(FailureCode.DATABASE_UNREACHABLE);
    assertThat(seen.failures().get(0).message()).contains("refused");
  }

  @Test
  void two_points_of_one_second_have_different_names() {
    PointMade first = point(new Barrier.None());
    PointMade second = point(new Barrier.None());
    assertThat(first.name()).isNotEqualTo(second.name());
    assertThat(first.name().value()).matches("sync_point_20261120_101112_[0-9]{3}[a-z2-7]{6}");
    assertThat(first.cut().kind()).isEqualTo(Cut.Kind.NAMED);
  }

  @Test
  void a_point_carries_what_its_own_instance_says() throws SQLException {
    PointMade point = point(new Barrier.None());
    assertThat(point.contents()).hasSize(3);
    for (ContentEvidence evidence : point.contents()) {
      ContentTarget target = evidence.target();
      LabInstance instance = lab.instance("east-" + target.content());
      assertThat(target.walFile().text()).isEqualTo(nameOnInstance(instance, target));
      assertThat(target.systemIdentifier().toString())
          .isEqualTo(fleet.ask(instance, "SELECT system_identifier FROM pg_control_system()"));
      assertThat(evidence.clock().before()).isBefore(evidence.clock().after());
      assertThat(evidence.owner().startedAt()).isBefore(evidence.clock().before());
    }
  }

  @Test
  void a_point_that_ends_on_a_file_boundary_is_in_the_file_before_it() throws SQLException {
    LabInstance instance = lab.instance("east-1");
    List<Server> one = List.of(fleet.server(instance));
    databases.ensureRestorePoint(fleet.point(one, new Barrier.None()));
    ContentTarget target = onBoundary(instance, one);
    assertThat(target.lsn().value() % (1 << 20)).isZero();
    assertThat(target.walFile().startLsn(target.walSegmentSize()).plus(1 << 20))
        .isEqualTo(target.lsn());
    assertThat(target.walFile().text()).isEqualTo(nameOnInstance(instance, target));
  }

  /** Other records may slip in between, so it is tried until the point ends where it should. */
  private ContentTarget onBoundary(LabInstance instance, List<Server> one) throws SQLException {
    try (Connection connection = lab.connect(instance)) {
      for (int attempt = 0; attempt < 20; attempt++) {
        WalFiller.leaveRoomForOneRestorePoint(connection);
        ContentTarget target =
            databases
                .ensureRestorePoint(fleet.point(one, new Barrier.None()))
                .contents()
                .get(0)
                .target();
        if (target.lsn().value() % (1 << 20) == 0) {
          return target;
        }
      }
    }
    throw new AssertionError("no point ended on a file boundary in 20 attempts");
  }

  private String nameOnInstance(LabInstance instance, ContentTarget target) throws SQLException {
    int version =
        Integer.parseInt(fleet.ask(instance, "SELECT current_setting('server_version_num')"));
    String inRecord = "'" + target.lsn() + "'::pg_lsn" + (version >= 170000 ? " - 1" : "");
    return fleet.ask(instance, "SELECT pg_walfile_name(" + inRecord + ")");
  }

  @Test
  void a_wal_switch_ends_after_the_point() {
    PointMade point = point(new Barrier.None());
    WalSwitched switched =
        databases.ensureWalSwitched(new OnServers(fleet.call(), Fleet.ACCESS, fleet.primaries()));
    assertThat(switched.failures()).isEmpty();
    for (int i = 0; i < 3; i++) {
      InstanceSwitched one = switched.switched().get(i);
      assertThat(one.lsn().isAfter(point.contents().get(i).target().lsn())).isTrue();
    }
  }

  @Test
  void a_checkpoint_moves_redo_and_a_paced_one_is_refused_where_there_is_none()
      throws SQLException {
    LabInstance instance = lab.instance("east-0");
    String redo = "SELECT redo_lsn FROM pg_control_checkpoint()";
    String before = fleet.ask(instance, redo);
    point(new Barrier.None());
    int version =
        Integer.parseInt(fleet.ask(instance, "SELECT current_setting('server_version_num')"));
    var done = databases.ensureCheckpointed(checkpoint(CheckpointBeforePoint.IMMEDIATE));
    if (version < 150000) {
      assertThat(done.failures()).hasSize(3).allMatch(f -> f.message().contains("superuser"));
      return;
    }
    assertThat(done.failures()).isEmpty();
    assertThat(fleet.ask(instance, redo)).isNotEqualTo(before);
    var spread = databases.ensureCheckpointed(checkpoint(CheckpointBeforePoint.SPREAD));
    assertThat(spread.failures()).hasSize(version < 190000 ? 3 : 0);
    assertThat(spread.failures()).allMatch(f -> f.message().contains("needs version 19"));
  }

  private static EnsureCheckpointed checkpoint(CheckpointBeforePoint how) {
    return new EnsureCheckpointed(fleet.call(), Fleet.ACCESS, fleet.primaries(), how);
  }

  @Test
  void makes_nothing_when_the_role_may_not_on_one_of_them() throws SQLException {
    LabInstance instance = lab.instance("east-2");
    try (Connection connection = lab.connect(instance)) {
      connection
          .createStatement()
          .execute("REVOKE EXECUTE ON FUNCTION pg_create_restore_point(text) FROM mooring");
      try {
        assertThatThrownBy(() -> point(new Barrier.None()))
            .isInstanceOfSatisfying(
                ApplicationFailure.class,
                failure -> {
                  assertThat(failure.getType()).isEqualTo("DATABASE_REFUSED");
                  assertThat(failure.isNonRetryable()).isTrue();
                  assertThat(failure.getOriginalMessage())
                      .contains("nothing was made: east-2")
                      .contains("GRANT EXECUTE");
                });
      } finally {
        connection
            .createStatement()
            .execute("GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO mooring");
      }
    }
  }

  @Test
  void a_wrong_password_is_told_with_its_source_and_without_itself() {
    Map<String, String> environment = new HashMap<>(lab.environment());
    environment.put("WRONG", "guessed");
    try (JdbcDatabaseActivities other = adapter(environment)) {
      ServersObserved seen =
          other.observeServers(
              new OnServers(
                  fleet.call(),
                  new dev.mooring.topology.DatabaseAccess(
                      "mooring",
                      "postgres",
                      new dev.mooring.topology.SecretReference("env:WRONG"),
                      "disable",
                      ""),
                  fleet.primaries()));
      assertThat(seen.failures()).hasSize(3);
      assertThat(seen.failures())
          .allMatch(f -> f.code() == FailureCode.AUTHENTICATION_REFUSED)
          .allMatch(f -> f.message().contains("environment variable WRONG"))
          .noneMatch(f -> f.message().contains("guessed"));
    }
  }

  private static PointMade point(Barrier barrier) {
    return databases.ensureRestorePoint(fleet.point(fleet.primaries(), barrier));
  }
}
