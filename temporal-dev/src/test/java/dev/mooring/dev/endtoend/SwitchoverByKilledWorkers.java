package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.contract.PooledWriters;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.switchover.SwitchoverStep;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What moves by killed workers share, and one whose worker is killed for good. */
abstract class SwitchoverByKilledWorkers extends SwitchoverCutOff {
  static final EnumSet<SwitchoverStep> NO_CALLS =
      EnumSet.of(
          SwitchoverStep.RESOLVE,
          SwitchoverStep.OBSERVE,
          SwitchoverStep.APPROVE,
          SwitchoverStep.LOCK);

  static final String WITHOUT_ONE = ",\"detach\":\"east-1\"";

  /** Lets clients wait for the workers that follow killed ones. */
  static String patient(String clusterFile) {
    return clusterFile + "switchover: {outageBudget: PT110S, stop: PT20S}\n";
  }

  /** The primary moves west, by workers that are killed at those of all points. */
  static RoleChangeResult movesThoughKilledAt(
      Path directory, Set<String> points, String more, String which) throws SQLException {
    Set<String> all = HaltedRun.pointsOf(SwitchoverStep.class);
    String digest = start("west-0", more).getResult(RoleChangeResult.class).digest();
    stage.dismissWorker();
    WorkflowStub run = execute("west-0", digest, more);
    RoleChangeResult result;
    try (HaltedRun halted = HaltedRun.at(stage, run, directory, all, points)) {
      result = run.getResult(RoleChangeResult.class);
      assertThat(result.outcome()).as(which).isEqualTo("Completed");
      assertThat(points).as(which).allMatch(halted::halted);
      assertThat(halted.workers()).as(which).isGreaterThan(points.size());
    } finally {
      stage.recallWorker();
    }
    assertThat(writerThroughPooler()).isEqualTo("west-0");
    return result;
  }

  static void waitsForTarget() throws SQLException {
    stage.amendClusterFile(
        now ->
            patient(now)
                .replace(
                    "replication: {",
                    "replication: {synchronous: {method: first, instances: [west-0]}, "));
    ask("east-0", "ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (west_0)'");
    ask("east-0", "SELECT pg_reload_conf()");
  }

  static List<String> left(Traces traces) {
    List<String> left = traces.left();
    assertThat(left).contains("base backups: 0", "promotions: 1", "ends: 1", "starts: 1");
    left.addAll(ReceiptInWords.besideClients(new Sites(stage.lab).lastReceipt()));
    return left;
  }

  /** The pause has an end of its own on PgBouncer's host, and the run its way back. */
  @Test
  void a_worker_that_is_killed_for_good_while_clients_are_held_holds_them_no_longer_than_its_budget(
      @TempDir Path directory) throws SQLException {
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT6S, stop: PT3S}\n");
    String digest = plan("west-0").digest();
    stage.dismissWorker();
    WorkflowStub run = execute("west-0", digest);
    Set<String> all = HaltedRun.pointsOf(SwitchoverStep.class);
    try (PooledWriters writers = pooledWriters();
        HaltedRun dead = HaltedRun.forGoodAt(stage, run, directory, all, "PAUSE.after")) {
      Soon.within(Duration.ofMinutes(2), "its worker is dead", () -> dead.halted("PAUSE.after"));
      heldNoLongerThan(Duration.ofSeconds(6), writers);
      assertThat(writerThroughPooler()).isEqualTo("east-0");
    } finally {
      HaltingWorker.forgetTheDeadWorker(stage.service.client(), run.getExecution().getWorkflowId());
      stage.recallWorker();
    }
    EndingRecord ending = Stage.endingOf(run);
    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(ending.code()).isIn("OUTAGE_BUDGET_SPENT", "PAUSE_OVER");
    assertThat(writerThroughPooler()).isEqualTo("east-0");
  }

  /** Nothing of Mooring is there, and what its plan said is typed, line by line. */
  @Test
  @Tag("all")
  void a_move_is_made_by_hand_as_the_plan_says_and_the_cluster_taken_over_again()
      throws SQLException {
    stage.laws().without(7, "a person moves it");
    Answer looked = stage.mooring().type("plan switchover strait --to west-0");
    List<String> lines = MoveByHand.linesOf(looked.out());
    stage.dismissWorker();
    try {
      new MoveByHand(stage.lab).type(lines);
      assertThat(writerThroughPooler()).isEqualTo("west-0");
      LabInstance old = stage.lab.instance("east-0");
      assertThatThrownBy(() -> stage.lab.start(old)).hasMessageContaining("mooring_fenced_epoch_0");
    } finally {
      stage.recallWorker();
    }
    Mooring mooring = stage.mooring();
    for (String line : List.of("adopt strait west-0", "resilver strait")) {
      String digest = Replicated.digest(mooring.type("plan " + line).out());
      Answer done = mooring.type(line + " --reason by-hand --digest " + digest);
      assertThat(done.status()).as(done.out() + done.err()).isZero();
    }
    followsAsItWas("east-0", "west-0");
    assertThat(moveUnseen("west-0", "east-0").degraded()).isEmpty();
  }
}
