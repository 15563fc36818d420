package dev.mooring.dev.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.runbook.status.StatusResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the archives must keep is served beside the worker's own figures. */
@Timeout(180)
class ArchiveFloorMetricsIT {
  private static final int WAL_FILE_BYTES = 1 << 20;
  private static final Pattern BACKUP_START =
      Pattern.compile("START WAL LOCATION: .* \\(file ([0-9A-F]{24})\\)");

  @TempDir Path directory;

  @Test
  void serves_the_floor_of_each_copy_that_a_run_looked_at() throws Exception {
    try (Lab lab = Lab.up(LabPlan.fleet(1).withWalFileMegabytes(1));
        LocalTemporal temporal = LocalTemporal.up("archive-floor");
        WorkerProgram worker =
            WorkerProgram.start(
                directory,
                lab.environment(),
                "--site=east",
                "--site=west",
                "--config-dir=" + lab.configDirectory(),
                "--address=" + temporal.address())) {
      worker.awaitHealth(200);
      assertThat(worker.get("/metrics").body()).doesNotContain("mooring_archive_floor");

      StartedRun.of(
          temporal.address(),
          "ClusterStatus",
          lab.name(),
          run -> run.getResult(StatusResult.class));
      String served = worker.awaitMetric("mooring_archive_floor_bytes{");

      String labels =
          "{cluster=\"" + lab.name() + "\",content=\"0\",instance=\"west-0\",site=\"west\"}";
      assertThat(figure(served, "mooring_archive_floor_bytes" + labels))
          .isEqualTo((double) backupStart(lab.instance("west-0")) * WAL_FILE_BYTES);
      assertThat(figure(served, "mooring_archive_floor_seen_timestamp_seconds" + labels))
          .isGreaterThan(1_700_000_000);
      assertThat(served).doesNotContain("instance=\"east-0\"");
    }
  }

  private static double figure(String served, String name) {
    return served
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in:\n" + served));
  }

  /** The number of the file that the copy's base backup begins in, of timeline 1. */
  private static long backupStart(LabInstance copy) throws Exception {
    Matcher label =
        BACKUP_START.matcher(Files.readString(copy.dataDirectory().resolve("backup_label")));
    assertThat(label.find()).isTrue();
    String file = label.group(1);
    long filesPerLog = (1L << 32) / WAL_FILE_BYTES;
    return Long.parseLong(file.substring(8, 16), 16) * filesPerLog
        + Long.parseLong(file.substring(16), 16);
  }
}
