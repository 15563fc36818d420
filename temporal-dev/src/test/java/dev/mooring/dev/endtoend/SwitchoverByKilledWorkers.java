package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.contract.PooledWriters;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.switchover.SwitchoverResult;
import dev.mooring.runbook.switchover.SwitchoverStep;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moves whose workers are killed in the outage, and one whose worker is killed for good. */
abstract class SwitchoverByKilledWorkers extends SwitchoverCutOff {
  /** Of which something is done while clients wait. */
  private static final EnumSet<SwitchoverStep> OUTAGE =
      EnumSet.of(
          SwitchoverStep.PAUSE,
          SwitchoverStep.HAND_OVER,
          SwitchoverStep.TAKE_OVER,
          SwitchoverStep.ROUTE);

  /** That call nobody, or nobody here: the lab has no synchronous standbys. */
  static final EnumSet<SwitchoverStep> NO_CALLS =
      EnumSet.of(
          SwitchoverStep.RESOLVE,
          SwitchoverStep.APPROVE,
          SwitchoverStep.LOCK,
          SwitchoverStep.PREPARE_SYNCHRONOUS,
          SwitchoverStep.DETACH);

  /** Before or after each step of the outage, and one point of the others. */
  private static Set<String> chosen(Random random) {
    Set<String> chosen = new TreeSet<>();
    List<String> others = new ArrayList<>(HaltedRun.pointsOf(SwitchoverStep.class, NO_CALLS));
    for (SwitchoverStep step : OUTAGE) {
      List<String> both = List.of(step + ".before", step + ".after");
      others.removeAll(both);
      chosen.add(both.get(random.nextInt(both.size())));
    }
    chosen.add(others.get(random.nextInt(others.size())));
    return chosen;
  }

  /** Where, a seed says; before and after each step they are killed in the long one. */
  @Test
  void workers_killed_before_or_after_each_step_of_the_outage_lose_nothing(@TempDir Path directory)
      throws SQLException {
    long seed = Long.getLong("mooring.seed", System.nanoTime());
    System.out.println("killed by seed " + seed + ", again with -Dmooring.seed=" + seed);
    Set<String> all = HaltedRun.pointsOf(SwitchoverStep.class);
    movesThoughKilledAt(directory, all, chosen(new Random(seed)), "seed " + seed);
  }

  /** Lets clients wait for the workers that follow killed ones. */
  static String patient(String clusterFile) {
    return clusterFile + "switchover: {outageBudget: PT110S, stop: PT20S}\n";
  }

  /** The primary moves west, by workers that are killed at those of all points. */
  static void movesThoughKilledAt(Path directory, Set<String> all, Set<String> points, String which)
      throws SQLException {
    stage.amendClusterFile(SwitchoverByKilledWorkers::patient);
    String digest = plan("west-0").digest();
    stage.dismissWorker();
    WorkflowStub run = execute("west-0", digest);
    try (HaltedRun halted = HaltedRun.at(stage, run, directory, all, points)) {
      SwitchoverResult result = run.getResult(SwitchoverResult.class);
      assertThat(result.outcome()).as(which).isEqualTo("Completed");
      assertThat(result.degraded()).as(which).isEmpty();
      assertThat(points).as(which).allMatch(halted::halted);
      assertThat(halted.workers()).as(which).isGreaterThan(points.size());
    } finally {
      stage.recallWorker();
    }
    assertThat(writerThroughPooler()).isEqualTo("west-0");
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
}
