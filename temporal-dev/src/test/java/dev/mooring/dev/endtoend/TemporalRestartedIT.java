package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Temporal server goes away in the middle of a run and comes back with its data. */
@Timeout(180)
class TemporalRestartedIT {
  @Test
  void a_consume_goes_on_and_starts_nothing_twice() {
    try (Stage stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1))) {
      Sites sites = new Sites(stage.lab);
      stage.publish();
      stage.consume();
      String point = stage.publish().restorePoint();
      stage.hooks.after(ConsumeStep.START_ALL, stage.service::restart);

      assertThat(stage.consume().restorePoint()).isEqualTo(point);

      assertThat(stage.hooks.allRun()).isTrue();
      assertThat(sites.mooredAt()).isEqualTo(point);
      assertThat(stage.laws().breaches()).isEmpty();
    }
  }
}
