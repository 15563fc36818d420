package dev.mooring.dev.database;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.jdbc.JdbcConnectionActivities;
import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.activities.jdbc.JdbcReplicationActivities;
import dev.mooring.dev.lab.Await;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.port.ConnectionActivities.TryConnection;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServerRights;
import dev.mooring.port.ReplicationActivities.EnsureWritten;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SessionSettings;
import dev.mooring.starter.init.Login;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No setting of role, database or server changes what Mooring's sessions see and do. */
@Tag("all")
class SessionSettingsIT {
  private static final String READ_ONLY = "default_transaction_read_only";

  /** Settings, each turned from its default. No statement of Mooring depends on the last four. */
  private static final List<String> TURNED =
      List.of(
          "default_transaction_isolation = 'serializable'",
          READ_ONLY + " = on",
          "default_transaction_deferrable = on",
          "statement_timeout = 200",
          "lock_timeout = 1",
          "idle_in_transaction_session_timeout = 1",
          "idle_session_timeout = 1",
          "search_path = 'evil', 'pg_catalog'",
          "client_min_messages = 'error'",
          "exit_on_error = on",
          "standard_conforming_strings = off",
          "quote_all_identifiers = on",
          "intervalstyle = 'sql_standard'",
          "bytea_output = 'escape'",
          "datestyle = 'SQL, DMY'",
          "timezone = 'Asia/Kathmandu'",
          "extra_float_digits = -3",
          "client_encoding = 'latin1'",
          "array_nulls = off",
          "transform_null_equals = on",
          "row_security = off",
          "session_replication_role = 'replica'");

  private static Lab lab;
  private static Fleet fleet;
  private static List<LabInstance> members;
  private static LabInstance primary;

  private record Seen(
      List<MemberObserved> members,
      List<ServerObserved> servers,
      List<MemberReadiness> readiness,
      List<ServerRights> rights,
      List<Database> tried) {}

  @BeforeAll
  static void up() throws SQLException {
    lab = Lab.up(LabPlan.streaming(1).named("turned").withWalFileMegabytes(1));
    fleet = new Fleet(lab);
    members = lab.instances();
    primary = lab.instance("east-0");
    on(
        primary,
        "CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC",
        "CREATE FUNCTION evil.pg_is_in_recovery() RETURNS boolean LANGUAGE sql"
            + " AS 'SELECT NULL::boolean'",
        "CREATE FUNCTION evil.current_setting(text) RETURNS text LANGUAGE sql"
            + " AS 'SELECT ''evil'''",
        "CREATE FUNCTION evil.never(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT false'",
        "CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.never)",
        "CREATE VIEW evil.pg_settings AS SELECT 1 AS nothing",
        "CREATE ROLE reports",
        "ALTER ROLE CURRENT_USER SET idle_session_timeout = 0");
  }

  @AfterAll
  static void down() {
    lab.close();
  }

  @AfterEach
  void back() throws SQLException {
    on(
        primary,
        "ALTER ROLE mooring RESET ALL",
        "ALTER ROLE ALL RESET ALL",
        "ALTER ROLE reports RESET ALL",
        "ALTER DATABASE template1 RESET ALL",
        "ALTER DATABASE postgres RESET ALL");
    for (LabInstance one : members) {
      for (String setting : TURNED) {
        on(one, "ALTER SYSTEM RESET " + setting.split(" ", 2)[0]);
      }
      reload(one);
    }
  }

  @Test
  void change_nothing_that_mooring_sees_or_does() throws Exception {
    Seen untouched = seen();
    for (LabInstance one : members) {
      for (String setting : TURNED) {
        on(one, "ALTER SYSTEM SET " + setting);
      }
      reload(one);
    }
    for (String setting : TURNED) {
      on(
          primary,
          "ALTER ROLE mooring SET " + setting,
          "ALTER DATABASE postgres SET " + setting,
          "ALTER ROLE ALL SET " + setting);
    }
    String end = ask(primary, "SELECT pg_current_wal_flush_lsn()");
    until(standby(), "SELECT pg_last_wal_replay_lsn() >= '" + end + "'::pg_lsn", "t");
    assertThat(seen())
        .usingRecursiveComparison()
        .ignoringFieldsOfTypes(Lsn.class)
        .ignoringFieldsMatchingRegexes(
            ".*(Millis|Bytes|Seconds|unarchived|archiver.*|senderEnd|positions.*"
                + "|lastTransaction|recoveryFloor|lsn)")
        .isEqualTo(untouched);
    try (JdbcDatabaseActivities databases = databases()) {
      assertThat(
              databases
                  .ensureRestorePoint(
                      fleet.point(
                          List.of(fleet.server(primary)), Fleet.barrier(Duration.ofSeconds(2))))
                  .contents())
          .hasSize(1);
    }
    assertThat(forWhomReadOnly()).isEqualTo("on for database postgres, on for every role");
    for (LabInstance one : members) {
      assertThat(leftTurned(one))
          .isEqualTo("array_nulls row_security session_replication_role transform_null_equals");
    }
  }

  /** What a plain role may put into public on 13 and 14, and the database's owner before all. */
  @Test
  void find_no_operator_and_no_function_of_a_plain_role() throws Exception {
    Seen untouched = seen();
    on(
        primary,
        "CREATE ROLE plain",
        "GRANT CREATE ON SCHEMA public TO plain",
        "SET ROLE plain",
        "CREATE FUNCTION public.rise(numeric, integer) RETURNS numeric LANGUAGE plpgsql"
            + " AS 'BEGIN EXECUTE ''ALTER ROLE plain SUPERUSER''; RETURN 0; END'",
        "CREATE OPERATOR public.* (LEFTARG = numeric, RIGHTARG = integer, FUNCTION = public.rise)",
        "CREATE FUNCTION public.pg_is_in_recovery() RETURNS boolean LANGUAGE sql"
            + " AS 'SELECT true'",
        "RESET ROLE",
        "ALTER DATABASE postgres SET search_path = public, pg_catalog",
        "ALTER ROLE mooring SUPERUSER");
    try {
      Seen lied = seen();
      assertThat(lied.members())
          .extracting(one -> one.standing().inRecovery())
          .containsExactlyElementsOf(
              untouched.members().stream().map(one -> one.standing().inRecovery()).toList());
      assertThat(inTheSessionOfInit(primary, "SELECT pg_is_in_recovery() OR 1.5 * 2 <> 3"))
          .isEqualTo("f");
      assertThat(ask(primary, "SELECT rolsuper FROM pg_roles WHERE rolname = 'plain'"))
          .isEqualTo("f");
    } finally {
      on(
          primary,
          "ALTER ROLE mooring NOSUPERUSER",
          "ALTER DATABASE postgres RESET search_path",
          "DROP OWNED BY plain",
          "DROP ROLE plain");
    }
  }

  /** The words of a plan's row, and of a run that promoted the member. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ROLE reports SET ${read_only} = on                          | off",
        "ROLE mooring SET ${read_only} = on        | not known for others than role mooring",
        "ROLE mooring SET ${read_only} = off       | not known for others than role mooring",
        "DATABASE template1 SET ${read_only} = yes | on for database template1",
        "DATABASE postgres SET ${read_only} = off  | not known for others than database postgres",
        "ROLE ALL SET ${read_only} = t             | on for every role",
        "SYSTEM SET ${read_only} = on              | on for every role",
        "SYSTEM SET ${read_only} = on; ROLE ALL SET ${read_only} = off | off",
      })
  void only_what_concerns_applications_is_named(String settings, String words) throws Exception {
    for (String each : settings.replace("${read_only}", READ_ONLY).split("; ", -1)) {
      on(primary, "ALTER " + each);
    }
    reload(primary);
    assertThat(forWhomReadOnly()).isEqualTo(words);
  }

  /** What the port's observations say, by sessions of their own. */
  private static Seen seen() {
    OnServers both =
        new OnServers(fleet.call(), Fleet.ACCESS, members.stream().map(fleet::server).toList());
    try (JdbcReplicationActivities replication = replication();
        JdbcDatabaseActivities databases = databases();
        JdbcConnectionActivities attempts =
            new JdbcConnectionActivities(SessionSettingsIT::environment, Path.of("/nonexistent"))) {
      var observed = replication.observeReplication(both);
      var servers = databases.observeServers(both);
      var readiness = replication.observeReadiness(both);
      var rights = databases.observeRights(both);
      assertThat(Stream.of(observed.failures(), servers.failures(), readiness.failures()))
          .containsOnly(List.of());
      assertThat(rights.failures()).isEmpty();
      assertThat(replication.observeWriteRefused(written(standby())).sqlState()).isEqualTo("25006");
      return new Seen(
          observed.members().stream().map(SessionSettingsIT::withoutReadOnly).toList(),
          servers.observed(),
          readiness.members(),
          rights.observed(),
          members.stream().map(one -> tried(attempts, one)).toList());
    }
  }

  private static MemberObserved withoutReadOnly(MemberObserved seen) {
    assertThat(seen.standing().sinceLastCommit()).isNotNull();
    List<Setting> settings =
        seen.settings().stream().filter(one -> !one.name().equals(READ_ONLY)).toList();
    return new MemberObserved(
        seen.instance(), seen.system(), seen.standing(), seen.replication(), settings, seen.load());
  }

  /** As a write proves it, and as a plan sees it. */
  private static String forWhomReadOnly() {
    try (JdbcReplicationActivities replication = replication()) {
      WriteProved proved = replication.ensureWritten(written(primary));
      OnServers one = new OnServers(fleet.call(), Fleet.ACCESS, List.of(fleet.server(primary)));
      assertThat(replication.observeReplication(one).members())
          .allMatch(seen -> seen.setting(READ_ONLY).equals(Optional.of(proved.readOnly())));
      return proved.readOnly();
    }
  }

  private static Database tried(JdbcConnectionActivities attempts, LabInstance instance) {
    return attempts
        .observeConnection(new TryConnection(fleet.call(), Fleet.ACCESS, fleet.server(instance), 1))
        .attempts()
        .get(0)
        .database();
  }

  private static EnsureWritten written(LabInstance instance) {
    return new EnsureWritten(
        fleet.call(), Fleet.ACCESS, fleet.server(instance), Duration.ofSeconds(5));
  }

  private static LabInstance standby() {
    return members.stream().filter(one -> !one.equals(primary)).findFirst().orElseThrow();
  }

  /** What neither the driver nor Mooring sets, in the session of `mooring init`. */
  private static String leftTurned(LabInstance instance) throws SQLException {
    return inTheSessionOfInit(
        instance,
        "SELECT string_agg(name, ' ' ORDER BY name) FROM pg_settings"
            + " WHERE source NOT IN ('session', 'client') AND lower(name) IN ("
            + TURNED.stream()
                .map(one -> "'" + one.split(" ", 2)[0] + "'")
                .collect(Collectors.joining(", "))
            + ")");
  }

  private static String inTheSessionOfInit(LabInstance instance, String sql) throws SQLException {
    System.setProperty("org.postgresql.pgpassfile", lab.environment().get("PGPASSFILE"));
    try (Connection connection =
        new Login("mooring", "postgres", "disable")
            .connect(instance.host().address() + ":" + instance.port())) {
      return Fleet.ask(connection, sql);
    } finally {
      System.clearProperty("org.postgresql.pgpassfile");
    }
  }

  /** New sessions begin with the postmaster's settings. */
  private static void reload(LabInstance instance) throws SQLException {
    String since = ask(instance, "SELECT clock_timestamp()");
    on(instance, "SELECT pg_reload_conf()");
    until(instance, "SELECT pg_conf_load_time() >= '" + since + "'", "t");
  }

  private static void until(LabInstance instance, String sql, String wanted) {
    Await.until(() -> ask(instance, sql).equals(wanted), () -> sql + ": " + ask(instance, sql));
  }

  private static String ask(LabInstance instance, String sql) {
    try (Connection connection = superuser(instance)) {
      return Fleet.ask(connection, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void on(LabInstance instance, String... statements) throws SQLException {
    try (Connection connection = superuser(instance);
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  private static Connection superuser(LabInstance instance) throws SQLException {
    Connection connection = lab.connect(instance);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET statement_timeout = 0; SET search_path = pg_catalog");
      statement.execute(SessionSettings.afterLogin(15));
      return connection;
    }
  }

  private static Optional<String> environment(String name) {
    return Optional.ofNullable(lab.environment().get(name));
  }

  private static JdbcReplicationActivities replication() {
    return new JdbcReplicationActivities(
        SessionSettingsIT::environment, Path.of("/nonexistent"), () -> Duration.ZERO);
  }

  private static JdbcDatabaseActivities databases() {
    return new JdbcDatabaseActivities(SessionSettingsIT::environment, Path.of("/nonexistent"));
  }
}
