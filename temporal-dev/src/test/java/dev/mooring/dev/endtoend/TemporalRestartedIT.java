package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.worker.MooringWorker;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The Temporal server goes away: for a moment in the middle of a run, or with all it knew. */
@Timeout(180)
class TemporalRestartedIT {
  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.publish();
    stage.consume();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void a_consume_goes_on_and_starts_nothing_twice() {
    String point = stage.publish().restorePoint();
    stage.hooks.after(ConsumeStep.START_ALL, stage.service::restart);

    assertThat(stage.consume().restorePoint()).isEqualTo(point);

    assertThat(stage.hooks.allRun()).isTrue();
    assertThat(sites.mooredAt()).isEqualTo(point);
    assertThat(stage.laws().breaches()).isEmpty();
  }

  @Test
  void a_server_that_knows_of_no_run_goes_on_from_the_evidence_store() {
    String before = sites.latest().name().value();
    int receipts = sites.receipts().size();
    long epoch = sites.epochAtWest();
    sites.fillWalFiles(0, 1);
    try (Service empty = new Service("empty-" + stage.lab.name());
        MooringWorker worker = stage.workerOf(empty)) {
      assertThat(worker.isServing()).isTrue();

      PublishResult published =
          empty.start("PublishCycle", stage.publishRequest()).getResult(PublishResult.class);
      ConsumeResult consumed =
          empty.start("DrConsume", stage.consumeRequest("latest")).getResult(ConsumeResult.class);

      assertThat(published.restorePoint()).isNotEqualTo(before);
      assertThat(consumed.restorePoint()).isEqualTo(published.restorePoint());
      assertThat(sites.mooredAt()).isEqualTo(published.restorePoint());
      assertThat(sites.epochAtWest()).isGreaterThan(epoch);
      assertThat(sites.receipts()).hasSize(receipts + 2);
      Answer verified = new Mooring(stage.lab.environment(), empty.address()).type("verify");
      assertThat(verified.status()).as(verified.out()).isZero();
      assertThat(verified.out()).contains(receipts + 2 + " receipts in one chain");
      assertThat(stage.laws().breaches()).isEmpty();
    }
  }
}
