package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.failover.FailoverStep;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A primary that is killed is failed over: once undisturbed, and once by workers that are killed
 * before and after each act. No client writes meanwhile: what each standby has would be chance.
 */
@Tag("all")
@Tag("heavy")
class FailoverByKilledWorkersIT extends FailoverStage {
  /** Silence is an answer there: a look in which one worker after the other dies is given up. */
  private static final Set<String> LOOKS =
      Set.of(FailoverStep.OBSERVE.name(), FailoverStep.OBSERVE_AGAIN.name());

  private static final String SLOTS =
      "SELECT string_agg(slot_name, ', ' ORDER BY slot_name) FROM pg_replication_slots";

  @Test
  void ends_as_if_undisturbed_and_nothing_is_done_twice(@TempDir Path directory)
      throws SQLException {
    Traces first = deadAndPlanned();
    List<String> undisturbed = over(start(executing(digest())), first);
    stage.reset();
    commitsWaitForWest();

    Traces second = deadAndPlanned();
    String digest = digest();
    stage.dismissWorker();
    WorkflowStub run = start(executing(digest));
    try (HaltedRun halted = HaltedRun.atEachAct(stage, run, directory)) {
      assertThat(over(run, second)).isEqualTo(undisturbed);
      assertThat(halted.calls(LOOKS))
          .isEqualTo(HaltedRun.callsOf(FailoverStep.class, FailoverFaults.NO_CALLS));
      assertThat(halted.workers()).isGreaterThan(2 * halted.calls(LOOKS).size());
    } finally {
      stage.recallWorker();
    }
    assertThat(writerThroughPooler()).isEqualTo("west-0");
  }

  private static Traces deadAndPlanned() throws SQLException {
    Traces traces = Traces.logged(stage.lab);
    killOnceBothHaveAll();
    return traces;
  }

  private static String digest() {
    return start("").getResult(RoleChangeResult.class).digest();
  }

  /** What the acts left and the receipt says. */
  private static List<String> over(WorkflowStub run, Traces traces) {
    RoleChangeResult result = run.getResult(RoleChangeResult.class);
    assertThat(result.headline()).startsWith("west-0 is the primary on timeline 2, ");
    assertThat(result.degraded())
        .singleElement()
        .asString()
        .startsWith("east-0 is fenced and stays down");
    List<String> left = traces.left();
    assertThat(left).contains("base backups: 0", "promotions: 1", "ends: 0", "starts: 0");
    for (LabInstance instance : stage.lab.instances()) {
      if (stage.lab.isRunning(instance)) {
        left.add(instance.id() + " has slots " + ask(instance.id(), SLOTS));
      }
    }
    left.addAll(ReceiptInWords.besideClients(new Sites(stage.lab).lastReceipt()));
    return left;
  }
}
