package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.SiteCopy;
import dev.mooring.dev.ledger.LoadPlan.Barrier;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.worker.MooringWorker;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker that is frozen right before it changes a host, and thawed when another worker, or a
 * newer run, has acted there: the host refuses it.
 */
@Tag("all")
@Tag("heavy")
class FrozenWorkerIT {
  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory;
  private Wire wire;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.dismissWorker();
    stage.lab.load().start(Barrier.HELD);
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  /** What asks a frozen worker for work waits for it in vain; a wire that is cut asks nobody. */
  @BeforeEach
  void lay() {
    wire = new Wire(stage.service.address());
  }

  @AfterEach
  void take() {
    wire.close();
  }

  @Test
  void one_thawed_after_another_wrote_the_targets_writes_none() throws Exception {
    Path tried = directory.resolve("tried");
    try (MooringWorker publisher = stage.workerOf(stage.service)) {
      assertThat(publisher.isServing()).isTrue();
      stage.publish();
    }
    try (WorkerProcess frozen = frozenAt(ConsumeStep.SET_TARGETS, tried)) {
      WorkflowStub run = stage.startConsume("latest");
      awaitFrozen(tried);
      String[] files = new String[2];
      stage.hooks.before(
          ConsumeStep.START_ALL,
          () -> {
            files[0] = stage.lab.fingerprintOf(sites.west(0).host());
            thaw(frozen, tried);
            files[1] = stage.lab.fingerprintOf(sites.west(0).host());
          });

      try (MooringWorker other = stage.workerOf(stage.service)) {
        assertThat(other.isServing()).isTrue();
        run.getResult(ConsumeResult.class);
      }
      assertThat(Sites.read(tried))
          .containsPattern(
              "content 0: epoch [0-9]+ ordinal 5 attempt [0-9]+ of run .* is refused, "
                  + "epoch [0-9]+ ordinal 5 attempt [0-9]+ of run .* acted here");
      assertThat(files[1]).isEqualTo(files[0]);
      assertExact();
    }
  }

  @Test
  void one_thawed_after_a_newer_run_starts_nothing() throws Exception {
    Path tried = directory.resolve("tried");
    try (MooringWorker publisher = stage.workerOf(stage.service)) {
      assertThat(publisher.isServing()).isTrue();
      stage.publish();
    }
    try (WorkerProcess frozen = frozenAt(ConsumeStep.START_ALL, tried);
        MooringWorker other = takesOver(stage.startConsume("latest"), tried)) {
      assertThat(other.isServing()).isTrue();
      long epoch = sites.epochAtWest();
      String newest = stage.publish().restorePoint();
      stage.consume();
      assertThat(sites.epochAtWest()).isGreaterThan(epoch);
      String before = stage.lab.fingerprintOf(sites.west(0).host());

      thaw(frozen, tried);

      assertThat(Sites.read(tried))
          .contains("content 0: epoch " + epoch + " ordinal 6 attempt ")
          .contains("is refused, epoch " + sites.epochAtWest());
      assertThat(stage.lab.fingerprintOf(sites.west(0).host())).isEqualTo(before);
      assertThat(stage.lab.isRunning(sites.west(0))).isFalse();
      assertThat(sites.mooredAt()).isEqualTo(newest);
      assertExact();
    }
  }

  private void awaitFrozen(Path tried) {
    Soon.soon("the worker is frozen before its act", () -> FreezingWorker.isFrozen(tried));
    wire.cut();
  }

  private void thaw(WorkerProcess frozen, Path tried) {
    wire.mend();
    frozen.thaw();
    Soon.soon("the thawed worker tried", () -> FreezingWorker.hasTried(tried));
  }

  /** Lets a run whose worker is frozen be ended by another. */
  private MooringWorker takesOver(WorkflowStub run, Path tried) {
    awaitFrozen(tried);
    MooringWorker other = stage.workerOf(stage.service);
    run.getResult(ConsumeResult.class);
    return other;
  }

  private static void assertExact() {
    try (SiteCopy copy = stage.lab.openCopy("west")) {
      stage.lab.load().check(copy).assertExact();
    }
    stage.laws().assertAll();
  }

  private WorkerProcess frozenAt(ConsumeStep step, Path tried) {
    return new WorkerProcess(
        FreezingWorker.class,
        List.of(
            wire.address(), stage.lab.configDirectory().toString(), step.name(), tried.toString()),
        stage.lab.environment(),
        directory.resolve("worker.log"));
  }
}
