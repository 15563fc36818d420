package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.worker.WorkerMain;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers, one per site, killed at moments nobody chose, while both runbooks run under load. */
@Timeout(300)
class RandomKillIT {
  private static final int KILLS = 3;
  private static final int LONGEST_UNTIL_A_KILL_MILLIS = 3000;
  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2));
    sites = new Sites(stage.lab);
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void three_kills_leave_both_sides_exact() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    stage.dismissWorker();
    stage.lab.load().start(Barrier.HELD);
    try (WorkerProcess east = worker("east");
        WorkerProcess west = worker("west")) {
      for (int kill = 0; kill < KILLS; kill++) {
        WorkerProcess victim = random.nextBoolean() ? east : west;
        int starts = victim.starts();
        CompletableFuture<Void> killing =
            CompletableFuture.runAsync(
                victim::kill,
                CompletableFuture.delayedExecutor(
                    random.nextInt(LONGEST_UNTIL_A_KILL_MILLIS), TimeUnit.MILLISECONDS));

        publishAndConsume();

        killing.get();
        Soon.soon("the victim was started again", () -> victim.starts() > starts);
        assertThat(faultsOfWest()).as("seed " + seed).isEmpty();
      }
    }
    stage.lab.load().stop();
    assertThat(stage.lab.load().checkPrimaries().faults()).as("seed " + seed).isEmpty();
  }

  private WorkerProcess worker(String site) {
    return new WorkerProcess(
        WorkerMain.class,
        List.of(
            "--site",
            site,
            "--config-dir",
            stage.lab.configDirectory().toString(),
            "--address",
            stage.service.address(),
            "--http-port",
            "0"),
        stage.lab.environment(),
        directory.resolve(site + ".log"));
  }

  private static void publishAndConsume() {
    WorkflowStub publish = stage.startPublish();
    String point = publish.getResult(PublishResult.class).restorePoint();
    ConsumeResult consumed = stage.startConsume("latest").getResult(ConsumeResult.class);
    assertThat(consumed.restorePoint()).isEqualTo(point);
    assertThat(sites.mooredAt()).isEqualTo(point);
  }

  private static List<String> faultsOfWest() {
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      return stage.lab.load().check(copy).faults();
    }
  }
}
