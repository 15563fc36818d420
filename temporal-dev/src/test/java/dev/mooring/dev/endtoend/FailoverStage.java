package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.worker.WorkerProgram;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A cluster behind PgBouncer and HAProxy whose commits wait for west-0, and failovers of it. */
abstract class FailoverStage {
  private static final String WAITED_FOR =
      "SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'";

  private static final String SENT =
      "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()";

  /** What a plan for a primary that was killed begins with. */
  static final String VERDICT = "verdict on east-0: POSTMASTER_DEAD";

  static Stage stage;

  @BeforeAll
  static void up() {
    stage =
        new Stage(
            LabPlan.streaming(2)
                .withWalFileMegabytes(1)
                .behind(LabPlan.Front.PGBOUNCER, LabPlan.Front.HAPROXY));
    stage.begin();
  }

  /** Commits wait for west-0: whatever was acknowledged is there. */
  @BeforeEach
  void commitsWaitForWest() throws SQLException {
    stage.lab.fronts().orElseThrow().renew();
    stage.amendClusterFile(
        now ->
            now.replace(
                "replication: {",
                "replication: {synchronous: {method: first, instances: [west-0]}, "));
    ask("east-0", "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (west_0)'");
    ask("east-0", "SELECT pg_reload_conf()");
    Soon.soon("commits wait for west-0", () -> ask("east-0", WAITED_FOR).equals("west_0"));
  }

  static String ask(String id, String sql) {
    try (Connection connection = stage.lab.connect(stage.lab.instance(id));
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet row = statement.getResultSet()) {
        return row.next() ? row.getString(1) : "";
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void asBefore() {
    stage.reset();
  }

  @AfterAll
  static void down() {
    stage.close();
  }

  /** Without a mode it plans. */
  static WorkflowStub start(String more) {
    return stage.start(
        "Failover", String.format("{\"cluster\":\"%s\"%s}", stage.cluster(), Stage.orPlan(more)));
  }

  static WorkflowStub begin(String more) {
    String by = more.contains("lost") ? ",\"by\":\"alice\"" : "";
    String digest = start(more + by).getResult(RoleChangeResult.class).digest();
    return start(more + executing(digest));
  }

  static String executing(String digest) {
    return String.format(",\"mode\":\"execute\",\"by\":\"alice\",\"digest\":\"%s\"", digest);
  }

  static RoleChangeResult failOver(String more) {
    return begin(more).getResult(RoleChangeResult.class);
  }

  /** Keeps the one that tries to write everywhere from committing, as long as it is open. */
  static Connection withoutProber() throws SQLException {
    Connection held = stage.lab.connect(stage.lab.instance("east-0"));
    held.setAutoCommit(false);
    try (Statement statement = held.createStatement()) {
      statement.execute("LOCK TABLE lab.probe IN SHARE MODE");
    }
    return held;
  }

  /** The primary dies, and both standbys have all that it wrote: which has more is no chance. */
  static void killOnceBothHaveAll() throws SQLException {
    stage.clients().silence("what each standby has is no chance here");
    try (Connection held = withoutProber()) {
      Soon.soon("both standbys have all of it", () -> ask("east-0", SENT).equals("2"));
      FailoverFaults.kill("east-0");
      assertThat(held.isClosed()).isFalse();
    }
  }

  /** Waits until the run says so of itself. */
  static void until(String what, WorkflowStub run, Predicate<Progress> says) {
    Soon.soon(what, () -> says.test(run.query("progress", Progress.class)));
  }

  /** Waits until the run asks a person. */
  static void untilAPersonIsAsked(WorkflowStub run) {
    until("it waits for a person", run, now -> now.headline().contains("for an approval"));
  }

  /** A worker of both sites as a program, which keeps its files in that directory. */
  static WorkerProgram worker(Path directory, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--site",
                "east",
                "--site",
                "west",
                "--config-dir",
                stage.lab.configDirectory().toString(),
                "--address",
                stage.service.address()));
    arguments.addAll(List.of(more));
    return WorkerProgram.start(
        directory, stage.lab.environment(), arguments.toArray(String[]::new));
  }

  /** A busy machine may miss the seconds that the page gives a run: a later page asks it again. */
  static String pageThatShows(WorkerProgram worker, String... all) {
    return Soon.seen(
        "the page shows " + String.join(" and ", all),
        () -> worker.get("/").body(),
        page -> Stream.of(all).allMatch(page::contains));
  }

  static String writerThroughPooler() throws SQLException {
    try (Connection connection = stage.lab.fronts().orElseThrow().connectThroughPooler();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT inet_server_addr() FROM (SELECT pg_is_in_recovery() AS r) s WHERE NOT r")) {
      assertThat(row.next()).isTrue();
      String address = row.getString(1);
      return stage.lab.instances().stream()
          .filter(instance -> instance.host().address().equals(address))
          .findFirst()
          .orElseThrow()
          .id();
    }
  }
}
