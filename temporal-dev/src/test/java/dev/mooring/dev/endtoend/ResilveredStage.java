package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import io.temporal.client.WorkflowStub;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A primary with two standbys, one of them at the west, which is to be healed. */
abstract class ResilveredStage {
  static Stage stage;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.streaming(2).named("lee").withWalFileMegabytes(1));
    stage.begin();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  static LabInstance west() {
    return stage.lab.instance("west-0");
  }

  static void kill(String instance) {
    stage.lab.faults().signalAll(stage.lab.instance(instance), Signal.KILL);
  }

  static WorkflowStub resilver(String mode, String more) {
    return asked("Resilver", mode, more);
  }

  /** A run of the lab's cluster that alice asks for. */
  static WorkflowStub asked(String runbook, String mode, String more) {
    return stage.start(
        runbook,
        String.format(
            "{\"cluster\":\"%s\",\"mode\":\"%s\",\"by\":\"alice\"%s}",
            stage.cluster(), mode, more));
  }

  /** The primary moves as somebody who looked at the plan lets it. */
  static void move(String to) {
    String where = ",\"to\":\"" + to + "\"";
    String digest = asked("Switchover", "plan", where).getResult(RoleChangeResult.class).digest();
    RoleChangeResult moved =
        asked("Switchover", "execute", where + ",\"digest\":\"" + digest + "\"")
            .getResult(RoleChangeResult.class);
    assertThat(moved.outcome()).isEqualTo("Completed");
  }

  static void assertEnds(WorkflowStub run, String outcome, String code, String... words) {
    EndingRecord ending = Stage.endingOf(run);
    assertThat(List.of(ending.outcome(), ending.code()))
        .as(ending.headline())
        .containsExactly(outcome, code);
    assertThat(ending.headline()).contains(words);
  }

  /** Returns once a step of it holds, and says so with those words. */
  static void awaitHold(WorkflowStub run, String step, String... words) {
    String headline =
        Soon.seen(
            step + " holds: " + List.of(words),
            () -> run.query("progress", Progress.class).headline(),
            said ->
                said.startsWith(step + " can't go on: ")
                    && List.of(words).stream().allMatch(said::contains));
    assertThat(headline).contains("mooring retry");
  }

  static void retry(WorkflowStub run) {
    run.update(
        "decide",
        String.class,
        Typed.json("{'decision':'retry','by':'bob','reason':'it is fixed'}"));
  }

  static boolean westStreams() {
    return streams("west_0");
  }

  /**
   * Whether one streams from the primary.
   *
   * @param name by which it does
   */
  static boolean streams(String name) {
    return ask(
            "east-0",
            "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
                + " AND application_name = '"
                + name
                + "'")
        .equals("1");
  }

  static String ask(String instance, String sql) {
    try (Connection connection = stage.lab.connect(stage.lab.instance(instance));
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        return row.getString(1);
      }
    } catch (SQLException e) {
      throw new AssertionError(instance + " did not answer " + sql, e);
    }
  }
}
