package dev.mooring.dev.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.AccessContract;
import dev.mooring.contract.AccountContract;
import dev.mooring.contract.ReplicationContract;
import dev.mooring.contract.RoleSteps;
import dev.mooring.contract.Steps.Run;
import dev.mooring.contract.StreamingWorld;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.port.Call;
import dev.mooring.port.ConnectionActivities.Came;
import dev.mooring.port.ConnectionActivities.Return;
import dev.mooring.port.ConnectionActivities.TryConnection;
import dev.mooring.port.ConnectionActivities.Watch;
import dev.mooring.port.ConnectionActivities.Watched;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Right;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.AwaitStreaming;
import dev.mooring.port.ReplicationActivities.EnsureSlots;
import dev.mooring.port.ReplicationActivities.EnsureWritten;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.StandbyNames;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real adapters keep what the ports to a cluster that streams promise. */
@Tag("heavy")
class StreamingPortsContractIT {

  private static StreamingRealWorld real;

  @BeforeAll
  static void up() {
    real = new StreamingRealWorld("tide");
  }

  @AfterAll
  static void down() {
    real.close();
  }

  @Nested
  class Roles extends RolesOfDebiansServers {
    @Override
    protected StreamingRealWorld world() {
      return real;
    }
  }

  @Nested
  class Primaries extends PrimariesOfServers {
    @Override
    protected StreamingRealWorld world() {
      return real;
    }
  }

  @Nested
  class Access extends AccessContract {
    @Override
    protected StreamingWorld world() {
      return real;
    }
  }

  @Nested
  class Accounts extends AccountContract {
    @Override
    protected StreamingWorld world() {
      return real;
    }

    @Test
    @Tag("all")
    void access_rules_of_a_person_that_the_server_can_not_parse_are_named() throws IOException {
      Lab lab = real.lab();
      Path rules = lab.configuration(lab.instance("east-0")).resolve("pg_hba.conf");
      List<String> before = Files.readAllLines(rules);
      Files.writeString(rules, "host nonsense\n", StandardOpenOption.APPEND);
      assertThat(real.accounts().observeAccount(on("east-0")).unparsedAccess()).startsWith("line ");
      Files.write(rules, before);
    }
  }

  @Nested
  class Replication extends ReplicationContract {
    @Override
    protected StreamingWorld world() {
      return real;
    }

    @Test
    @Tag("all")
    void a_commit_that_no_standby_confirms_is_of_unknown_outcome_and_leaves_nobody_waiting()
        throws SQLException {
      superuser("ALTER ROLE mooring SET synchronous_commit = off");
      real.lab().faults().set(0, "synchronous_standby_names", "nobody");
      assertThatThrownBy(() -> real.replication().ensureWritten(written(Duration.ofMillis(500))))
          .isInstanceOfSatisfying(
              ApplicationFailure.class,
              failure -> {
                assertThat(failure.getType()).isEqualTo(FailureCode.OUTCOME_UNKNOWN.name());
                assertThat(failure.getOriginalMessage()).contains("SyncRep");
              });
      until(
          () ->
              ask("east-0", "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"));
      real.lab().faults().set(0, "synchronous_standby_names", "");
      superuser("ALTER ROLE mooring RESET synchronous_commit");
      assertThat(real.replication().ensureWritten(written(Await.LIMIT)).timeline().value())
          .isEqualTo(1);
    }

    /** It has the history of a timeline that it can't follow, and no WAL of it. */
    @Test
    @Tag("all")
    void a_standby_that_has_more_than_the_new_primary_stays_on_its_own_timeline() {
      until(() -> ask("east-0", "SELECT count(*) - 2 FROM pg_stat_replication"));
      world().hands().kill("west-0");
      Lsn last = real.replication().ensureWritten(written(Await.LIMIT)).at();
      until(() -> member("east-1").standing().received().isBefore(last) ? "1" : "0");
      world().hands().kill("east-0");
      world().hands().start("west-0");
      world().hands().promote("west-0");
      until(() -> ask("west-0", "SELECT pg_is_in_recovery()::int"));
      world()
          .roles(1)
          .ensureFollowing(
              new RoleSteps(world())
                  .follow(new Run("run-1", new Epoch(2_000_000)), "east-1", "west-0"));
      until(
          () ->
              ask(
                  "east-1",
                  "SELECT count(*) - 1 FROM pg_ls_waldir() WHERE name = '00000002.history'"));
      assertThat(member("east-1").standing().timeline()).isEqualTo(new TimelineId(1));
    }

    /** In a file that no program rewrites: of a restore, of two, and of a move long ago. */
    @ParameterizedTest
    @Tag("all")
    @ValueSource(
        strings = {
          "recovery_target_time = '2020-01-01 00:00:00'\nrecovery_target_action = 'promote'\n",
          "recovery_target_time = '2020-01-01 00:00:00'\nrecovery_target_xid = '1000'\n",
          "promote_trigger_file = 'triggers/promote'\n"
        })
    void nothing_that_was_left_in_the_configuration_ends_a_standby(String left) throws IOException {
      Lab lab = real.lab();
      LabInstance east = lab.instance("east-1");
      Files.createDirectories(east.dataDirectory().resolve("triggers"));
      Files.writeString(east.dataDirectory().resolve("triggers/promote"), "");
      Path configuration = lab.configuration(east).resolve("postgresql.conf");
      String before = Files.readString(configuration);
      world().hands().kill("east-1");
      Files.writeString(configuration, before + left);
      world()
          .roles(1)
          .ensureFollowing(
              new RoleSteps(world())
                  .follow(new Run("run-1", new Epoch(3_000_000)), "east-1", "east-0"));
      Lsn last = real.replication().ensureWritten(written(Await.LIMIT)).at();
      until(
          () ->
              ask(
                  "east-1",
                  "SELECT (NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() < '"
                      + last
                      + "')::int"));
      Files.writeString(configuration, before);
    }

    @Test
    @Tag("all")
    void a_password_in_a_connection_is_never_shown() {
      real.lab().faults().set(0, "primary_conninfo", "host=198.51.100.1 password=tell-nobody");
      assertThat(primary().setting("primary_conninfo"))
          .contains("host=198.51.100.1 password=(masked)");
      real.lab().faults().set(0, "primary_conninfo", "");
    }

    @Test
    @Tag("all")
    void who_may_not_see_senders_is_told_so() throws SQLException {
      superuser("REVOKE pg_monitor FROM mooring");
      try {
        ReplicationObserved seen = observed("east-0");
        assertThat(seen.members()).isEmpty();
        assertThat(seen.failures().get(0).message()).contains("GRANT pg_monitor TO \"mooring\"");
      } finally {
        superuser("GRANT pg_monitor TO mooring");
      }
    }

    @Test
    @Tag("all")
    void pg_monitor_alone_suffices_for_every_look_at_every_member(@TempDir Path directory)
        throws Exception {
      Path password =
          Files.createFile(
              directory.resolve("password"),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(password, "looks-around");
      superuser("CREATE ROLE looks LOGIN PASSWORD 'looks-around' IN ROLE pg_monitor");
      try {
        for (String id : List.of("east-1", "west-0")) {
          until(
              () ->
                  ask(id, "SELECT 1 - count(rolpassword) FROM pg_authid WHERE rolname = 'looks'"));
        }
        OnServers all =
            new OnServers(
                call(),
                looking(real.cluster().policies().database(), "file:" + password),
                real.cluster().members().stream().map(one -> server(one.id().value())).toList());
        assertThat(real.replication().observeReplication(all).failures()).isEmpty();
        assertThat(real.replication().observeReadiness(all).failures()).isEmpty();
        assertThat(real.databases().observeServers(all).failures()).isEmpty();
        assertThat(real.databases().observeRights(all).observed())
            .allSatisfy(one -> assertThat(one.held()).startsWith(Right.MONITOR))
            .hasSameSizeAs(all.servers());
        assertThat(real.databases().observeRights(all).observed())
            .noneMatch(one -> one.held().contains(Right.RESTORE_POINT));
        assertThat(all.servers().stream().map(one -> tried(all.access(), one)))
            .containsExactlyInAnyOrder(Database.WRITES, Database.STANDS_BY, Database.STANDS_BY);
        assertThat(heard(all.access(), server("east-0")).last()).isNotEmpty();
        assertThat(heard(all.access(), server("west-0")).came()).isEqualTo(Came.STANDS_BY);
        assertThat(isBack(all.access(), server("east-0"))).isTrue();
      } finally {
        superuser("DROP ROLE looks");
      }
    }

    private static Database tried(DatabaseAccess access, Server server) {
      TryConnection once = new TryConnection(call(), access, server, 1);
      return real.attempts().observeConnection(once).attempts().get(0).database();
    }

    private static Watched heard(DatabaseAccess access, Server server) {
      return real.attempts()
          .awaitSilence(
              new Watch(call(), access, server, Duration.ofSeconds(1), Await.LIMIT, 500, true));
    }

    private static boolean isBack(DatabaseAccess access, Server server) {
      return real.attempts()
          .awaitReturn(new Return(call(), access, server, Duration.ofSeconds(1), Await.LIMIT))
          .back();
    }

    private static DatabaseAccess looking(DatabaseAccess access, String password) {
      return new DatabaseAccess(
          "looks",
          access.database(),
          new SecretReference(password),
          access.sslMode(),
          access.sslRootCertificate());
    }

    /** It confirms what it has not applied, and asks for more only at the end of what it has. */
    @Test
    @Tag("all")
    void a_standby_that_applies_wal_late_is_awaited_by_what_it_has_and_not_once_it_asks_later() {
      real.lab().faults().applyLate(real.lab().instance("east-1"), 3600);
      real.replication().ensureWritten(written(Duration.ofSeconds(5)));
      assertThat(awaited(Await.LIMIT))
          .isEqualTo(
              new StandbysAwaited(List.of(server("east-1").instance().id()), List.of(), List.of()));
      world().hands().kill("east-0");
      world().hands().start("east-0");
      StandbysAwaited late = awaited(Duration.ofMinutes(9));
      assertThat(late.late()).containsExactly(server("east-1").instance().id());
      assertThat(late.behind())
          .singleElement()
          .extracting(InstanceFailure::message)
          .asString()
          .contains("applies WAL 1h late");
      real.lab().faults().applyLate(real.lab().instance("east-1"), 0);
      assertThat(awaited(Await.LIMIT).behind()).isEmpty();
    }

    private static StandbysAwaited awaited(Duration atMost) {
      return real.replication()
          .awaitStreaming(
              new AwaitStreaming(
                  call(),
                  real.cluster().policies().database(),
                  server("east-0"),
                  List.of(server("east-1")),
                  List.of(new StandbyNames("east_1", "east_1")),
                  atMost,
                  List.of()));
    }

    @Test
    @Tag("all")
    void a_slot_that_keeps_no_wal_is_made_anew() throws SQLException {
      superuser("SELECT pg_create_physical_replication_slot('unused', false)");
      EnsureSlots wanted =
          new EnsureSlots(
              call(),
              real.cluster().policies().database(),
              server("east-0"),
              List.of("unused"),
              List.of());
      assertThat(real.replication().ensureSlots(wanted).made()).containsExactly("unused");
      assertThat(primary().slots())
          .filteredOn(slot -> slot.name().equals("unused"))
          .extracting(Slot::walStatus)
          .containsExactly("reserved");
      real.replication()
          .ensureSlots(
              new EnsureSlots(
                  call(),
                  real.cluster().policies().database(),
                  server("east-0"),
                  List.of(),
                  List.of("unused")));
    }
  }

  private static Call call() {
    return new Call(real.cluster().name(), "run-1", "LOOK", 0, Epoch.NONE);
  }

  private static Server server(String id) {
    Instance instance =
        real.cluster().instances().stream()
            .filter(i -> i.id().value().equals(id))
            .findFirst()
            .orElseThrow();
    return new Server(instance, real.cluster().host(instance.host()).access().address());
  }

  private static EnsureWritten written(Duration within) {
    return new EnsureWritten(
        call(), real.cluster().policies().database(), server("east-0"), within);
  }

  private static ReplicationObserved observed(String id) {
    return real.replication()
        .observeReplication(
            new OnServers(call(), real.cluster().policies().database(), List.of(server(id))));
  }

  private static MemberObserved member(String id) {
    return observed(id).members().get(0);
  }

  private static MemberObserved primary() {
    return member("east-0");
  }

  private static void superuser(String sql) throws SQLException {
    try (Connection connection = real.lab().connect(real.lab().instance("east-0"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void until(Supplier<String> count) {
    Await.until(() -> count.get().equals("0"), () -> "still " + count.get());
  }

  private static String ask(String id, String sql) {
    try (Connection connection = real.lab().connect(real.lab().instance(id));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
