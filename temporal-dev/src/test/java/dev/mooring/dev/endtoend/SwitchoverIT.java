package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabFronts;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.switchover.SwitchoverResult;
import dev.mooring.runbook.switchover.SwitchoverStep;
import io.temporal.client.WorkflowStub;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A primary is moved on purpose, on real servers, while clients write. */
class SwitchoverIT {
  private static final String WAITED_FOR =
      "SELECT application_name FROM pg_stat_replication WHERE sync_state = 'sync'";

  private static Stage stage;

  @BeforeAll
  static void up() {
    stage = new Stage(LabPlan.streaming(2).behind(LabPlan.Front.PGBOUNCER, LabPlan.Front.HAPROXY));
    stage.begin();
  }

  @AfterEach
  void asBefore() {
    stage.reset();
  }

  @AfterAll
  static void down() {
    stage.close();
  }

  private static WorkflowStub start(String to, String more) {
    String json = String.format("{\"cluster\":\"%s\",\"to\":\"%s\"%s}", stage.cluster(), to, more);
    return stage.start("Switchover", json);
  }

  /** Plans the move, and begins it with the plan's digest. */
  private static WorkflowStub begin(String to) {
    SwitchoverResult plan = start(to, "").getResult(SwitchoverResult.class);
    return start(
        to,
        String.format(",\"mode\":\"execute\",\"by\":\"alice\",\"digest\":\"%s\"", plan.digest()));
  }

  private static SwitchoverResult move(String to) {
    return begin(to).getResult(SwitchoverResult.class);
  }

  private static EndingRecord moveFails(String to) {
    return Stage.endingOf(begin(to));
  }

  @Test
  void the_primary_moves_and_comes_back() {
    SwitchoverResult there = move("west-0");
    assertThat(there.outcome()).isEqualTo("Completed");
    assertThat(there.degraded()).isEmpty();
    WorkflowStub run = begin("east-0");
    SwitchoverResult back = run.getResult(SwitchoverResult.class);
    assertThat(back.headline()).startsWith("east-0 is the primary, west-0 follows it");
    assertThat(back.degraded()).isEmpty();
    areKeptAndDecidedAgain(run.getExecution().getWorkflowId());
  }

  /** Of the moves, and of the plans that they were approved by. */
  private static void areKeptAndDecidedAgain(String workflow) {
    Mooring mooring = stage.mooring();
    Answer verify =
        mooring.typeUntil("verify", answer -> answer.out().contains(" 0 have no history here"));
    assertThat(verify.status()).as(verify.out() + verify.err()).isZero();
    assertThat(verify.out())
        .contains("all evidence found is as it was written")
        .containsPattern("decisions of [1-9][0-9]* histories .* of which 0 do not come out");
    Answer page = mooring.type("report " + workflow);
    assertThat(page.status()).as(page.err()).isZero();
    assertThat(page.out())
        .startsWith("# Switchover of " + stage.cluster() + " at east-0: COMPLETED")
        .contains("| asked by | alice |", "| TAKE_OVER | ")
        .contains("promoted_after_clients_were_held: ", "refused_at_west-0: 25006")
        .contains("| history | " + stage.lab.evidenceStore());
  }

  /** The old primary takes the new one's place among those that commits wait for, and back. */
  @Test
  void a_primary_whose_commits_wait_for_a_standby_moves_and_comes_back() throws SQLException {
    stage.amendClusterFile(
        now ->
            now.replace(
                "replication: {",
                "replication: {synchronous: {method: first, instances: [west-0]}, "));
    ask("east-0", "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (west_0)'");
    ask("east-0", "SELECT pg_reload_conf()");

    assertThat(move("west-0").degraded()).isEmpty();

    assertThat(ask("west-0", "SHOW synchronous_standby_names")).isEqualTo("FIRST 1 (east_0)");
    assertThat(ask("west-0", WAITED_FOR)).isEqualTo("east_0");
    assertThat(move("east-0").degraded()).isEmpty();
    assertThat(ask("east-0", "SHOW synchronous_standby_names")).isEqualTo("FIRST 1 (west_0)");
    assertThat(ask("east-0", WAITED_FOR)).isEqualTo("west_0");
  }

  private static String ask(String id, String sql) throws SQLException {
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

  /** A fast stop waits for every walsender, also for that of an asynchronous standby. */
  @Test
  void a_standby_that_freezes_before_the_stop_takes_the_way_back() throws SQLException {
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT4S, stop: PT3S}\n");
    LabInstance sibling = stage.lab.instance("east-1");
    stage.hooks.before(
        SwitchoverStep.HAND_OVER, () -> stage.lab.faults().signalAll(sibling, Signal.STOP));
    try {
      EndingRecord ending = moveFails("west-0");
      assertThat(ending.outcome()).isEqualTo("RolledBack");
      assertThat(writerThroughPooler()).isEqualTo("east-0");
    } finally {
      stage.lab.faults().signalAll(sibling, Signal.CONT);
    }
  }

  @Test
  void a_target_that_is_killed_before_it_is_promoted_takes_the_way_back() throws SQLException {
    LabInstance target = stage.lab.instance("west-0");
    stage.hooks.before(
        SwitchoverStep.TAKE_OVER, () -> stage.lab.faults().signalAll(target, Signal.KILL));
    EndingRecord ending = moveFails("west-0");
    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(ending.code()).isEqualTo("NOT_CAUGHT_UP");
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  @Test
  void a_pooler_that_is_restarted_while_it_is_paused_takes_the_way_back() throws SQLException {
    LabFronts fronts = stage.lab.fronts().orElseThrow();
    stage.hooks.before(
        SwitchoverStep.TAKE_OVER,
        () -> {
          fronts.killPooler();
          fronts.startPoolerAgain();
        });
    EndingRecord ending = moveFails("west-0");
    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(ending.code()).isEqualTo("PAUSE_OVER");
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** Which instance takes the writes of a client of PgBouncer. */
  private static String writerThroughPooler() throws SQLException {
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
