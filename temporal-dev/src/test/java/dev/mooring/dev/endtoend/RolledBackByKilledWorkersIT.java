package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.EndingRecord;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A move that takes its way back, whose workers are killed before and after every act of it. */
@Tag("all")
@Tag("heavy")
class RolledBackByKilledWorkersIT extends SwitchoverStage {
  private static final Duration UNTIL_CLIENTS_ARE_HELD = Duration.ofMinutes(8);

  @Test
  void the_old_primary_writes_again_and_nothing_is_done_twice(@TempDir Path directory)
      throws SQLException {
    stage.amendClusterFile(now -> now + "switchover: {outageBudget: PT110S, stop: PT3S}\n");
    String digest = plan("west-0").digest();
    stage.dismissWorker();
    WorkflowStub run = execute("west-0", digest);
    try (HaltedRun halted = HaltedRun.atEachAct(stage, run, directory)) {
      Soon.within(
          UNTIL_CLIENTS_ARE_HELD,
          "clients are held",
          () -> halted.halted("PAUSE.EnsurePaused.after"));
      // a stop waits for a last checkpoint, which nobody makes any more
      LabInstance primary = stage.lab.instance("east-0");
      stage.lab.faults().signalOnly(primary, "checkpointer", Signal.STOP);
      Soon.within(
          UNTIL_CLIENTS_ARE_HELD,
          "the way back has begun",
          () -> halted.halted("HAND_OVER.RevertHandedOver.after"));
      EndingRecord ending = Stage.endingOf(run);
      assertThat(ending.outcome()).as(ending.headline()).isEqualTo("RolledBack");
      assertThat(ending.code()).isIn("STOP_TOO_LONG", "OUTAGE_BUDGET_SPENT");
      assertThat(List.of("HAND_OVER.RevertHandedOver", "PAUSE.RevertPaused"))
          .allMatch(undo -> halted.halted(undo + ".before") && halted.halted(undo + ".after"));
    } finally {
      stage.recallWorker();
    }
    assertThat(stage.lab.fronts().orElseThrow().heldByPooler()).isEmpty();
    assertThat(writerThroughPooler()).isEqualTo("east-0");
    assertThat(stage.lab.controlState(stage.lab.instance("west-0")))
        .isEqualTo("in archive recovery");
    assertThat(move("west-0").degraded()).isEmpty();
  }
}
