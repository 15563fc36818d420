package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.runbook.publish.PublishResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A history that can't be kept is counted, and kept once the store takes it. */
@Timeout(180)
class HistoryExportIT {
  @TempDir Path directory;

  @Test
  void a_history_that_could_not_be_kept_is_kept_later() throws Exception {
    try (Lab lab = Lab.up(LabPlan.fleet(1).withWalFileMegabytes(1));
        LocalTemporal temporal = LocalTemporal.up("history-export");
        WorkerProgram worker =
            WorkerProgram.start(
                directory,
                lab.environment(),
                "--site=east",
                "--config-dir=" + lab.configDirectory(),
                "--address=" + temporal.address())) {
      worker.awaitHealth(200);
      Path histories = lab.evidenceStore().resolve(lab.name() + "/histories");
      Files.createDirectories(histories.getParent());
      Files.writeString(histories, "in the place of the directory");

      StartedRun.of(
          temporal.address(),
          "PublishCycle",
          lab.name(),
          run -> run.getResult(PublishResult.class));
      worker.awaitMetric("mooring_histories_waiting 1.0");
      assertThat(worker.get("/metrics").body())
          .doesNotContain("mooring_histories_failures_total 0.0")
          .contains("mooring_histories_kept_total 0.0");

      Files.delete(histories);
      String served = worker.awaitMetric("mooring_histories_kept_total 1.0");
      assertThat(served).contains("mooring_histories_oldest_waiting_seconds");
      worker.awaitMetric("mooring_histories_waiting 0.0");
      try (Stream<Path> kept = Files.list(histories)) {
        assertThat(kept).hasSize(2);
      }
    }
  }
}
