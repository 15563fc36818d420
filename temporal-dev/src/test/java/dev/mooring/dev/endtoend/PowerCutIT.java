package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabDisk;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.Signal;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishStep;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Disks that lose their power, and with it what was written to them and not synced. */
@Tag("root")
@Tag("all")
@Tag("heavy")
class PowerCutIT extends MooredInstance {
  private static final String SYNCING = "fsync = 'on'\n";

  @Test
  void a_point_is_not_ready_whose_primary_lost_its_power_right_after_making_it() {
    LabInstance east = sites.east(0);
    stage.lab.faults().set(0, "fsync", "on");
    try (LabDisk disk = stage.lab.faults().diskUnder(east, "", 96)) {
      stage.hooks.after(
          PublishStep.MAKE_POINT,
          () -> {
            // both at once: a server that goes on ends itself as soon as it writes
            stage.lab.faults().signalAll(east, Signal.STOP);
            disk.cutPower(() -> stage.lab.faults().signalAll(east, Signal.KILL));
            stage.lab.start(east);
          });

      EndingRecord ending = stage.publishFails();

      assertThat(stage.hooks.allRun()).isTrue();
      assertThat(ending.outcome()).isEqualTo("Failed");
      assertThat(ending.code()).isIn("ARCHIVE_NOT_PROVED", "RESTARTED_MEANWHILE");
      assertThat(sites.latest().name().value()).isEqualTo(first);
      assertThat(stage.publish().outcome()).isEqualTo("Completed");
      assertThat(stage.consume().restorePoint()).isEqualTo(sites.latest().name().value());
    }
  }

  @Test
  void a_copy_that_lost_its_power_while_it_replayed_is_started_again_and_proved() {
    sites.configure(west, SYNCING);
    sites.fillWalFiles(0, 3);
    String second = stage.publish().restorePoint();
    try (LabDisk disk = stage.lab.faults().diskUnder(west, "", 96)) {
      stage.hooks.before(
          ConsumeStep.START_ALL, () -> stage.lab.faults().hideWal(0, sites.targetFile(0)));
      stage.hooks.after(
          ConsumeStep.START_ALL,
          () -> {
            Soon.soon(
                "west-0 waits for the target's file",
                () -> Sites.says(sites.gateStatus(west), "absent"));
            // both at once: a server that goes on ends itself as soon as it writes
            stage.lab.faults().signalAll(west, Signal.STOP);
            disk.cutPower(() -> stage.lab.faults().signalAll(west, Signal.KILL));
            stage.lab.faults().showWal(0, sites.targetFile(0));
          });

      ConsumeResult consumed = stage.consume();

      assertThat(stage.hooks.allRun()).isTrue();
      assertThat(consumed.restorePoint()).isEqualTo(second);
      assertThat(consumed.degraded())
          .anyMatch(less -> less.startsWith("started once more: west-0"));
    }
  }

  @Test
  void what_was_reported_is_there_after_hosts_and_evidence_lost_their_power() {
    stage
        .laws()
        .without(2, "the log of the start is not synced; the proof that was read from it is");
    sites.configure(west, SYNCING);
    try (LabDisk data = stage.lab.faults().diskUnder(west, "", 96);
        LabDisk mooring = stage.lab.faults().diskUnderMooring(west.host(), 16);
        LabDisk evidence = stage.lab.faults().diskUnderEvidence(16)) {
      String second = stage.publish().restorePoint();
      evidence.cutPower(() -> {});
      assertThat(sites.latest().name().value()).isEqualTo(second);
      assertThat(stage.consume().restorePoint()).isEqualTo(second);
      long epoch = sites.epochAtWest();
      int receipts = sites.receipts().size();

      data.cutPower(() -> {});
      mooring.cutPower(() -> {});
      evidence.cutPower(() -> {});

      assertThat(sites.mooredAt()).isEqualTo(second);
      assertThat(sites.epochAtWest()).isEqualTo(epoch);
      assertThat(sites.receipts()).hasSize(receipts);
      ConsumeResult again = stage.consume();
      assertThat(again.restorePoint()).isEqualTo(second);
      assertThat(again.degraded()).isEmpty();
    }
  }
}
