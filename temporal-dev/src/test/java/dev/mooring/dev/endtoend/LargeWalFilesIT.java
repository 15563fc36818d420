package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Publish and consume over WAL files of 64 MB, the size Greenplum servers are made with. */
@Tag("all")
class LargeWalFilesIT {
  private static final int BYTES = 64 << 20;

  @Test
  void moors_a_site_whose_wal_files_are_of_64_megabytes() {
    try (Stage stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(64))) {
      Sites sites = new Sites(stage.lab);
      assertThat(sites.ask(0, "SHOW wal_segment_size")).isEqualTo("64MB");
      stage.publish();
      stage.consume();
      sites.fillWalFiles(0, 2);
      String point = stage.publish().restorePoint();

      ConsumeResult consumed = stage.consume();

      assertThat(consumed.restorePoint()).isEqualTo(point);
      assertThat(sites.mooredAt()).isEqualTo(point);
      assertThat(sites.latest().proofs().get(0).files())
          .isNotEmpty()
          .allMatch(file -> file.bytes() == BYTES);
      assertThat(stage.lab.controlState(sites.west(0))).isEqualTo("shut down in recovery");
    }
  }
}
