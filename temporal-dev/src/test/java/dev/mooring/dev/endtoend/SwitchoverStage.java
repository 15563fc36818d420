package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.contract.PooledWriters;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.ledger.LawBroken;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * A primary with two standbys behind PgBouncer and HAProxy, and clients that write. The one it is
 * moved to has its configuration where Debian has it, the primary in its data directory.
 */
abstract class SwitchoverStage {
  private static final int POOLED_CLIENTS = 8;

  static Stage stage;

  @BeforeAll
  static void up() {
    stage =
        new Stage(
            LabPlan.streaming(2)
                .withWalFileMegabytes(1)
                .behind(LabPlan.Front.PGBOUNCER, LabPlan.Front.HAPROXY)
                .configuredOutside("west-0"));
    stage.begin();
  }

  /** What an earlier test left of them is not this one's. */
  @BeforeEach
  void frontsAsInTheBeginning() {
    stage.lab.fronts().orElseThrow().renew();
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
  static WorkflowStub start(String to, String more) {
    String json =
        String.format(
            "{\"cluster\":\"%s\",\"to\":\"%s\"%s}", stage.cluster(), to, Stage.orPlan(more));
    return stage.start("Switchover", json);
  }

  static RoleChangeResult plan(String to) {
    return start(to, "").getResult(RoleChangeResult.class);
  }

  static WorkflowStub execute(String to, String digest) {
    return execute(to, digest, "");
  }

  static WorkflowStub execute(String to, String digest, String more) {
    String approved =
        String.format(",\"mode\":\"execute\",\"by\":\"alice\",\"digest\":\"%s\"", digest);
    return start(to, more + approved);
  }

  /**
   * Begins the move without an approval, of which a run that a check stands against does not ask.
   */
  static WorkflowStub beginUnapproved(String to) {
    return start(to, ",\"mode\":\"execute\",\"by\":\"alice\"");
  }

  /** Plans the move, and begins it with the plan's digest. */
  static WorkflowStub begin(String to) {
    return execute(to, plan(to).digest());
  }

  static RoleChangeResult move(String to) {
    return begin(to).getResult(RoleChangeResult.class);
  }

  /** The same with a standby that is taken off first. */
  static RoleChangeResult moveWithout(String to, String detached) {
    String detach = String.format(",\"detach\":\"%s\"", detached);
    String digest = start(to, detach).getResult(RoleChangeResult.class).digest();
    return execute(to, digest, detach).getResult(RoleChangeResult.class);
  }

  static EndingRecord moveFails(String to) {
    return Stage.endingOf(begin(to));
  }

  /** It was started anew as it was before, and nothing was put beside its data. */
  static void isStillConfiguredOutside(LabInstance instance) throws SQLException {
    assertThat(ask(instance.id(), "SHOW config_file"))
        .isEqualTo(stage.lab.configuration(instance).resolve("postgresql.conf").toString())
        .doesNotStartWith(instance.dataDirectory().toString());
    assertThat(instance.dataDirectory().resolve("postgresql.conf")).doesNotExist();
  }

  /** The old primary, which nothing was copied to: a rewind would have left a label too. */
  static void followsAsItWas(String old, String primary) throws SQLException {
    assertThat(
            ask(
                primary,
                "SELECT state || ' by slot ' || slot_name FROM pg_stat_replication s JOIN"
                    + " pg_replication_slots ON active_pid = s.pid WHERE application_name = '"
                    + old.replace('-', '_')
                    + "'"))
        .isEqualTo("streaming by slot " + old.replace('-', '_'));
    assertThat(ask(old, "SELECT pg_is_in_recovery()")).isEqualTo("t");
    LabInstance instance = stage.lab.instance(old);
    Path markers = instance.host().mooring().resolve(stage.cluster()).resolve(old + ".copies");
    assertThat(markers).doesNotExist();
    assertThat(instance.dataDirectory().resolve("backup_label.old")).doesNotExist();
  }

  /** Which instance takes the writes of a client of PgBouncer. */
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

  /** Clients that write to whichever instance PgBouncer leads to. */
  static PooledWriters pooledWriters() throws SQLException {
    return new PooledWriters(stage.lab.fronts().orElseThrow(), POOLED_CLIENTS);
  }

  /** Returns when they have written more than once each, or one has seen an error. */
  static void write(PooledWriters writers) {
    long before = writers.written();
    Soon.soon(
        "clients of PgBouncer write",
        () -> writers.written() > before + 200 || !writers.failures().isEmpty());
  }

  /** The primary moves while they write: none sees an error, and no row of theirs is lost. */
  static RoleChangeResult moveUnseen(String from, String to) throws SQLException {
    RoleChangeResult moved;
    PooledWriters writers = pooledWriters();
    try (writers) {
      write(writers);
      moved = move(to);
      write(writers);
    }
    sawNoError(writers);
    assertThat(writers.servers()).containsExactly(addressOf(from), addressOf(to));
    try (Connection connection = stage.lab.connect(stage.lab.instance(to))) {
      long rows = PooledWriters.rowsAt(connection);
      LawBroken.unless(
          rows == writers.written(),
          to + " has " + rows + " rows, " + writers.written() + " were acknowledged");
    }
    return moved;
  }

  private static void sawNoError(PooledWriters writers) {
    LawBroken.unless(
        writers.failures().isEmpty(), "clients of PgBouncer saw " + writers.failures());
  }

  private static String addressOf(String id) {
    return stage.lab.instance(id).host().address();
  }

  /**
   * They were held, saw no error, and were let go when the budget was over: a few seconds are a
   * busy machine's. Ends them.
   */
  static void heldNoLongerThan(Duration budget, PooledWriters writers) {
    write(writers);
    writers.close();
    sawNoError(writers);
    assertThat(writers.longestWait())
        .isBetween(budget.dividedBy(2), budget.plus(ThisMachine.takes(Duration.ofSeconds(5))));
  }

  /** How far a run is with a step; nothing where it has not begun it. */
  static String stateOf(WorkflowStub run, String step) {
    return run.query("progress", Progress.class).steps().stream()
        .filter(one -> one.step().equals(step))
        .map(Progress.StepProgress::state)
        .findFirst()
        .orElse("");
  }

  /** What an instance answers; nothing where it has no row. */
  static String ask(String id, String sql) throws SQLException {
    try (Connection connection = stage.lab.connect(stage.lab.instance(id));
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet row = statement.getResultSet()) {
        return row.next() ? row.getString(1) : "";
      }
    }
  }

  /** The same, asked again and again. */
  static String row(String id, String sql) {
    try {
      return ask(id, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Whether a standby streams from the usual primary.
   *
   * @param name by which it does
   */
  static boolean streams(String name) {
    return row(
            "east-0",
            "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND"
                + " application_name = '"
                + name
                + "'")
        .equals("1");
  }
}
