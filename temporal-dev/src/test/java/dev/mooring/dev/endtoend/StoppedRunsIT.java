package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.CanceledFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs that a person stops in the middle of a phase: they end within 5 s, what ran is parked,
 * nothing is advanced, and the next run does it all.
 */
@Tag("all")
class StoppedRunsIT {
  /** The product promises five seconds; a machine with much else to do gets more. */
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);

  private static Stage stage;
  private static Sites sites;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.publish();
    stage.consume();
  }

  @AfterEach
  void clear() {
    stage.hooks.clear();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @InEveryPhaseOfAConsume
  void a_consume_cancelled_in_any_phase_parks_what_runs(ConsumeStep step) {
    String before = sites.mooredAt();
    String next = stage.publish().restorePoint();
    String target = sites.targetFile(0);
    if (step == ConsumeStep.AWAIT_PARKED) {
      stage.hooks.before(ConsumeStep.START_ALL, () -> stage.lab.faults().hideWal(0, target));
    }
    cancelledAt(step, stage::startConsumeOfLatest);

    assertThat(stage.lab.isRunning(sites.west(0))).isFalse();
    Receipt.Ending ending = sites.lastReceipt().ending();
    if (step == ConsumeStep.ADVANCE) {
      assertThat(ending.outcome()).isEqualTo("COMPLETED");
      assertThat(sites.mooredAt()).isEqualTo(next);
      return;
    }
    boolean pivotPassed = step.compareTo(ConsumeStep.START_ALL) >= 0;
    assertThat(ending.outcome()).isEqualTo(pivotPassed ? "FAILED" : "ROLLED_BACK");
    assertThat(ending.code()).isEqualTo("CANCELLED");
    assertThat(sites.mooredAt()).isEqualTo(before);

    if (step == ConsumeStep.AWAIT_PARKED) {
      stage.lab.faults().showWal(0, target);
    }
    assertThat(stage.consume().restorePoint()).isEqualTo(next);
  }

  @Test
  void a_consume_cancelled_in_its_second_wait_parks_what_runs() {
    String before = sites.mooredAt();
    String next = stage.publish().restorePoint();
    String target = sites.targetFile(0);
    stage.hooks.before(ConsumeStep.START_ALL, () -> stage.lab.faults().hideWal(0, target));
    stage.hooks.after(
        ConsumeStep.START_ALL, () -> stage.lab.faults().signal(sites.west(0), Signal.KILL));
    cancelledAt(ConsumeStep.AWAIT_AGAIN, stage::startConsumeOfLatest);

    assertThat(sites.lastReceipt().ending().outcome()).isEqualTo("FAILED");
    assertThat(stage.lab.isRunning(sites.west(0))).isFalse();
    assertThat(sites.mooredAt()).isEqualTo(before);

    stage.lab.faults().showWal(0, target);
    assertThat(stage.consume().restorePoint()).isEqualTo(next);
  }

  @ParameterizedTest
  @EnumSource(
      value = PublishStep.class,
      names = {"OBSERVE_SERVERS", "MAKE_POINT", "WRITE_PENDING", "AWAIT_ARCHIVE", "WRITE_READY"})
  void a_publish_cancelled_in_any_phase_leaves_no_harm(PublishStep step) {
    String before = sites.latest().name().value();
    if (step == PublishStep.AWAIT_ARCHIVE) {
      stage.lab.faults().archiveOff(0);
    }
    cancelledAt(step, stage::startPublish);

    Receipt.Ending ending = sites.lastReceipt().ending();
    boolean tooLate = step == PublishStep.WRITE_READY;
    assertThat(ending.outcome()).isEqualTo(tooLate ? "COMPLETED" : "ROLLED_BACK");
    assertThat(sites.latest().name().value()).isEqualTo(tooLate ? ending.restorePoint() : before);

    stage.lab.faults().archiveOn(0);
    assertThat(stage.publish().outcome()).isEqualTo("Completed");
  }

  @Test
  void a_decision_to_roll_back_stops_a_run() {
    stage.publish();
    AtomicReference<WorkflowStub> run = new AtomicReference<>();
    stoppedAt(
        ConsumeStep.PROVE_CHAIN,
        stage::startConsumeOfLatest,
        run,
        stub -> {
          stub.update(
              "decide",
              String.class,
              request("{\"decision\":\"roll-back\",\"by\":\"ann\",\"reason\":\"wrong night\"}"));
        });

    EndingRecord ending = Stage.endingOf(Objects.requireNonNull(run.get()));

    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(ending.code()).isEqualTo("CANCELLED");
  }

  private static RawRequest request(String json) {
    try {
      return new RawRequest(RunbookDataConverter.mapper().readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  /** Cancels the run right before that step's act, as Temporal's own cancel does. */
  private static void cancelledAt(Enum<?> step, Supplier<WorkflowStub> start) {
    AtomicReference<WorkflowStub> run = new AtomicReference<>();
    Instant asked = stoppedAt(step, start, run, WorkflowStub::cancel);
    assertThatThrownBy(() -> Objects.requireNonNull(run.get()).getResult(Object.class))
        .isInstanceOf(WorkflowFailedException.class)
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(Duration.between(asked, Instant.now())).isLessThan(ThisMachine.takes(STOPS_WITHIN));
  }

  /** Starts a run, and stops it right before that step's act; answers when it was asked to stop. */
  private static Instant stoppedAt(
      Enum<?> step,
      Supplier<WorkflowStub> start,
      AtomicReference<WorkflowStub> run,
      Consumer<WorkflowStub> stop) {
    AtomicReference<Instant> asked = new AtomicReference<>();
    stage.hooks.before(
        step,
        () -> {
          Soon.soon("the run is known", () -> run.get() != null);
          asked.set(Instant.now());
          stop.accept(run.get());
        });
    run.set(start.get());
    Soon.soon(step + " is reached", () -> asked.get() != null);
    return Objects.requireNonNull(asked.get());
  }
}
