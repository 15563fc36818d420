package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import io.temporal.api.common.v1.ActivityType;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers, one per site, each killed in the middle of an act at a moment nobody chose, while both
 * runbooks run under load.
 */
@Tag("all")
@Tag("heavy")
class RandomKillIT {
  private static final int KILLS = 3;
  private static final int LONGEST_UNTIL_A_KILL_MILLIS = 3000;
  private static final int HEARD_WITHIN_MILLIS = 200;
  private static final int LATE_AT_MOST = 10;
  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory;

  /** The run that is under way, or was last. */
  private volatile Optional<WorkflowStub> running = Optional.empty();

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2));
    sites = new Sites(stage.lab);
    // it runs on while the worker is dead
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT120S"));
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
        Struck struck;
        int tries = 0;
        do {
          assertThat(tries++)
              .as("seed " + seed + ", kills that came too late")
              .isLessThan(LATE_AT_MOST);
          struck = killWhileBothRun(victim, random.nextInt(LONGEST_UNTIL_A_KILL_MILLIS));
        } while (!wasEndedByAnother(struck));
        Soon.soon("the victim was started again", () -> victim.starts() > starts);
        assertThat(faultsOfWest()).as("seed " + seed).isEmpty();
      }
    }
    stage.lab.load().stop();
    assertThat(stage.lab.load().checkPrimaries().faults()).as("seed " + seed).isEmpty();
  }

  /** Publishes and consumes until the worker was killed, and both have ended. */
  private Struck killWhileBothRun(WorkerProcess victim, int delayMillis) throws Exception {
    CompletableFuture<Struck> killing =
        CompletableFuture.supplyAsync(
            () -> killAtWork(victim),
            CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS));
    do {
      publishAndConsume();
    } while (!killing.isDone());
    return killing.get();
  }

  /**
   * False if the end of what the victim was at had reached Temporal after all, or if it was a look
   * that its run went on without.
   */
  private static boolean wasEndedByAnother(Struck struck) {
    Optional<Integer> attempt = stage.service.attempt(struck.run(), struck.activity());
    if (attempt.isEmpty()) {
      assertThat(stage.service.scheduled(struck.run(), struck.activity()).getActivityType())
          .extracting(ActivityType::getName)
          .asString()
          .startsWith("Observe");
    }
    return attempt.filter(ended -> ended > 1).isPresent();
  }

  /**
   * What a worker was at when it was killed.
   *
   * @param activity the id of an act of the run that it had begun and not ended
   */
  private record Struck(WorkflowStub run, String activity) {}

  /** Kills a worker at the first moment from now on at which it is in the middle of an act. */
  private Struck killAtWork(WorkerProcess victim) {
    AtomicReference<Struck> struck = new AtomicReference<>();
    Soon.soon(
        "the victim is at work",
        () -> {
          Optional<WorkflowStub> run = running;
          if (run.isEmpty() || begun(victim, run.get()).isEmpty()) {
            return false;
          }
          victim.freeze();
          // what it ended before is heard of by then, and it ends nothing more
          Thread.sleep(HEARD_WITHIN_MILLIS);
          List<String> begun = begun(victim, run.get());
          if (begun.isEmpty()) {
            victim.thaw();
            return false;
          }
          struck.set(new Struck(run.get(), begun.get(0)));
          victim.kill();
          return true;
        });
    return Objects.requireNonNull(struck.get());
  }

  private static List<String> begun(WorkerProcess worker, WorkflowStub run) {
    return stage.service.activitiesAt(worker.identity(), run);
  }

  private WorkerProcess worker(String site) {
    return WorkerProcess.of(
        List.of(site), stage.lab, stage.service.address(), directory.resolve(site + ".log"));
  }

  private void publishAndConsume() {
    WorkflowStub publish = stage.startPublish();
    running = Optional.of(publish);
    String point = publish.getResult(PublishResult.class).restorePoint();
    WorkflowStub consume = stage.startConsume("latest");
    running = Optional.of(consume);
    ConsumeResult consumed = consume.getResult(ConsumeResult.class);
    assertThat(consumed.restorePoint()).isEqualTo(point);
    assertThat(sites.mooredAt()).isEqualTo(point);
  }

  private static List<String> faultsOfWest() {
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      return stage.lab.load().check(copy).faults();
    }
  }
}
