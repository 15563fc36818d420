package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.mooring.dev.endtoend.Mooring.Answer;
import dev.mooring.dev.endtoend.Mooring.Typed;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.evidence.Receipt;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.publish.PublishStep;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code mooring cancel}, typed while a run is in each of its phases. How long the run took to end
 * is read from its history, between the answer to the command and the run's last event.
 */
@Tag("all")
class CancelCommandIT {
  /** The product promises five seconds; a machine with much else to do gets more. */
  private static final Duration BOUNDED = Duration.ofSeconds(20);

  private static final List<String> TIDYING =
      List.of("RevertTarget", "EnsureStopped", "EnsureReceipt");

  private static Stage stage;
  private static Sites sites;
  private static Mooring mooring;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    mooring = stage.mooring();
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
  void a_consume_ends_soon_in_any_phase_and_says_where_the_site_is(ConsumeStep step) {
    String before = sites.mooredAt();
    String next = stage.publish().restorePoint();
    Answer cancelled = cancelledAt(step, "consume");
    if (step == ConsumeStep.ADVANCE) {
      toldTooLate(cancelled, "consume:west", "west is moored at " + next);
      assertThat(sites.mooredAt()).isEqualTo(next);
      return;
    }

    boolean pivotPassed = step.compareTo(ConsumeStep.START_ALL) >= 0;
    reported(cancelled, "consume:west", pivotPassed ? "Failed" : "RolledBack");
    assertThat(stage.lab.isRunning(sites.west(0))).isFalse();
    assertThat(sites.mooredAt()).isEqualTo(before);
    assertThat(sites.lastReceipt().ending().headline()).isEqualTo("stopped by ann: enough");
  }

  @ParameterizedTest
  @EnumSource(
      value = PublishStep.class,
      names = {"RESOLVE", "SETTLE_PENDING", "START_CONSUMERS"},
      mode = EnumSource.Mode.EXCLUDE)
  void a_publish_ends_soon_in_any_phase_and_says_what_latest_is(PublishStep step) {
    Answer cancelled = cancelledAt(step, "publish");
    String point = sites.lastReceipt().ending().restorePoint();
    if (step == PublishStep.WRITE_READY) {
      toldTooLate(cancelled, "publish", point + " is READY");
      assertThat(sites.latest().name().value()).isEqualTo(point);
      return;
    }

    reported(cancelled, "publish", "RolledBack");
    assertThat(sites.latest().name().value()).isNotEqualTo(point);
    assertThat(sites.manifestFile(point)).doesNotExist();
    assertThat(sites.lastReceipt().ending().headline()).isEqualTo("stopped by ann: enough");
  }

  @Test
  void a_run_that_no_list_has_is_found_all_the_same() {
    WorkflowStub unlisted =
        stage
            .service
            .client()
            .newUntypedWorkflowStub(
                "PublishCycle",
                WorkflowOptions.newBuilder()
                    .setWorkflowId("mooring:unlisted:publish")
                    .setTaskQueue("of nobody")
                    .build());
    unlisted.start();
    unlisted.terminate("seen");

    assertThat(mooring.type("follow unlisted").out()).contains("mooring:unlisted:publish");
  }

  @Test
  void a_mistyped_runbook_is_named_at_once_with_what_ends_it() {
    WorkflowStub run = stage.start("Swichover", stage.publishRequest());
    String id = run.getExecution().getWorkflowId();

    Answer answer = mooring.type("cancel " + id + " --reason enough");

    assertThat(answer.status()).isEqualTo(3);
    assertThat(answer.err())
        .contains(id + ": the workflow type Swichover is unknown")
        .contains("`temporal workflow terminate --workflow-id " + id + " --run-id ");
    run.terminate("seen");
    assertThat(mooring.type("cancel " + id + " --reason enough").err())
        .contains(id + " has ended already");
  }

  private static void reported(Answer cancelled, String run, String outcome) {
    String id = "mooring:" + stage.cluster() + ":" + run;
    assertThat(cancelled.status()).as(cancelled.err()).isZero();
    assertThat(cancelled.out())
        .startsWith("asked " + id + " to stop")
        .contains(outcome + ": stopped by ann: enough (CANCELLED)")
        .contains("receipt: ");
    endedSoon(id);
  }

  private static void toldTooLate(Answer cancelled, String run, String done) {
    String id = "mooring:" + stage.cluster() + ":" + run;
    String late = "stopped by ann: enough; that came too late";
    assertThat(cancelled.status()).as(cancelled.err()).isEqualTo(1);
    assertThat(cancelled.out())
        .startsWith("asked " + id + " to stop")
        .contains(done)
        .contains("degraded: " + late)
        .contains("it was done before it could be stopped");
    Receipt receipt = sites.lastReceipt();
    assertThat(receipt.ending().outcome()).isEqualTo("COMPLETED");
    assertThat(receipt.seen().degraded()).contains(late);
    endedSoon(id);
  }

  /** Starts a runbook and types the cancel right before that step's act. */
  private static Answer cancelledAt(Enum<?> step, String runbook) {
    AtomicReference<Typed> typed = new AtomicReference<>();
    stage.hooks.before(
        step,
        () -> {
          Typed cancel = mooring.begin("cancel " + stage.cluster() + " --reason enough");
          typed.set(cancel);
          Soon.soon("the run is asked to stop", () -> cancel.said().startsWith("asked"));
        });
    mooring.type(runbook + " " + stage.cluster() + " --no-wait");
    Soon.soon(step + " is reached", () -> typed.get() != null);
    return Objects.requireNonNull(typed.get()).answer();
  }

  private static void endedSoon(String id) {
    List<HistoryEvent> events = stage.service.client().fetchHistory(id).getEvents();
    int asked = 0;
    while (events.get(asked).getEventType()
        != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED) {
      asked++;
    }
    List<HistoryEvent> after = events.subList(asked, events.size());
    assertThat(after)
        .filteredOn(HistoryEvent::hasActivityTaskScheduledEventAttributes)
        .extracting(e -> e.getActivityTaskScheduledEventAttributes().getActivityType().getName())
        .isSubsetOf(TIDYING);
    Duration took = Duration.between(at(after.get(0)), at(after.get(after.size() - 1)));
    System.out.println(id + " ended " + took.toMillis() + " ms after it was asked to");
    assertThat(took).isLessThan(ThisMachine.takes(BOUNDED));
  }

  private static Instant at(HistoryEvent event) {
    Timestamp time = event.getEventTime();
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
