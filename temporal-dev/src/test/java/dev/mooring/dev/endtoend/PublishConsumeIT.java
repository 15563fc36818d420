package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabInstance;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The main job: a restore point over four real primaries, four real copies proved to stand there.
 */
@Timeout(300)
class PublishConsumeIT {
  private static Stage stage;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(4));
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void publishes_a_restore_point_and_moors_the_dr_site_at_it() {
    PublishResult published = stage.publish();

    assertThat(published.outcome()).isEqualTo("Completed");
    assertThat(published.proof()).hasSize(4);

    ConsumeResult consumed = stage.consume();

    assertThat(consumed.restorePoint()).isEqualTo(published.restorePoint());
    assertThat(consumed.proof()).hasSize(4);
    assertThat(stage.lab.instancesAt("west"))
        .extracting(LabInstance::id, stage.lab::controlState)
        .allSatisfy(seen -> assertThat(seen.toList().get(1)).isEqualTo("shut down in recovery"));

    ConsumeResult again = stage.consume();

    assertThat(again.headline()).contains("already");
  }
}
