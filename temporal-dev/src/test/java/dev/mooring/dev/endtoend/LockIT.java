package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.consume.ConsumeStep;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.runbook.publish.PublishStep;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionExecutionStartWorkflow;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.client.schedules.ScheduleHandle;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.ScheduleSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The lock of a cluster at a site, on a real Temporal server. */
@Tag("all")
class LockIT {
  private static Stage stage;
  private static String lockId;

  private CountDownLatch reached;
  private CountDownLatch goOn;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    lockId = LockWorkflow.idOf(new ClusterName(stage.cluster()), new SiteName("west"));
    stage.beginMoored();
  }

  @BeforeEach
  void publishAnother() {
    stage.publish();
    reached = new CountDownLatch(1);
    goOn = new CountDownLatch(1);
  }

  @AfterEach
  void letAllGoOn() {
    goOn.countDown();
    stage.hooks.clear();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void refuses_a_typed_run_and_names_the_holder() throws Exception {
    WorkflowStub holder = held();

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.outcome()).isEqualTo("Refused");
    assertThat(ending.code()).isEqualTo("LOCK_HELD");
    assertThat(ending.headline()).contains(holder.getExecution().getWorkflowId());
    goOn.countDown();
    assertThat(holder.getResult(ConsumeResult.class).outcome()).isEqualTo("Completed");
    assertThat(stage.consume().outcome()).as("free again").isEqualTo("Completed");
  }

  @Test
  void lets_a_scheduled_run_that_finds_it_held_end_as_skipped() throws Exception {
    WorkflowStub holder = held();

    ConsumeResult scheduled = scheduled();

    assertThat(scheduled.outcome()).isEqualTo("skipped");
    assertThat(scheduled.headline()).contains("locked by another run");
    goOn.countDown();
    assertThat(holder.getResult(ConsumeResult.class).outcome()).isEqualTo("Completed");
  }

  @Test
  void is_free_as_soon_as_its_holder_is_terminated() throws Exception {
    held().terminate("by hand");
    goOn.countDown();

    assertThat(stage.consume().outcome()).isEqualTo("Completed");
  }

  @Test
  void stays_with_a_holder_that_is_reset() throws Exception {
    WorkflowStub holder = held();
    CountDownLatch reachedAgain = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    hold(ConsumeStep.PROVE_CHAIN, reachedAgain, finish);
    resets().toLastTask(holder.getExecution());
    goOn.countDown();
    reachedAgain.await();

    EndingRecord ending = stage.consumeFails("latest");

    assertThat(ending.code()).isEqualTo("LOCK_HELD");
    assertThat(ending.headline()).contains(holder.getExecution().getWorkflowId());
    finish.countDown();
    WorkflowStub again =
        stage.service.client().newUntypedWorkflowStub(holder.getExecution().getWorkflowId());
    assertThat(again.getResult(ConsumeResult.class).outcome()).isEqualTo("Completed");
  }

  @Test
  void a_holder_that_is_reset_is_told_of_by_the_part_that_wrote_the_receipt() throws Exception {
    WorkflowExecution cutOff = held().getExecution();
    resets().toLastTask(cutOff);
    goOn.countDown();
    WorkflowStub again = stage.service.client().newUntypedWorkflowStub(cutOff.getWorkflowId());
    String point = again.getResult(ConsumeResult.class).restorePoint();
    String run = again.describe().getExecution().getRunId();
    String kept = cutOff.getRunId() + "_" + run;
    Soon.soon(
        "both parts are kept",
        () -> kept(kept) && kept(cutOff.getRunId() + "_" + cutOff.getRunId()));

    for (String named : List.of(run, cutOff.getRunId())) {
      JsonNode report = report(named);
      assertThat(report.at("/what/restore_point").asText()).isEqualTo(point);
      assertThat(report.at("/what/run").asText()).isEqualTo(cutOff.getRunId());
      assertThat(report.at("/evidence/history/where").asText()).contains(kept);
    }
    Mooring.Answer verified = stage.mooring().type("verify");
    assertThat(verified.status()).as(verified.out()).isZero();

    stage.dismissWorker();
    try {
      forgetKept();
      for (String named : List.of(run, cutOff.getRunId())) {
        JsonNode report = report(named);
        assertThat(report.at("/evidence/history/kept").asText()).isEqualTo("temporal");
        assertThat(report.at("/what/restore_point").asText()).isEqualTo(point);
        assertThat(report.at("/evidence/history/events").asInt())
            .isEqualTo(
                (int) stage.service.client().streamHistory(cutOff.getWorkflowId(), run).count());
      }
    } finally {
      stage.recallWorker();
    }
  }

  private static JsonNode report(String run) throws IOException {
    Mooring.Answer answer = stage.mooring().type("report " + run + " --format json");
    assertThat(answer.status()).as(answer.err()).isZero();
    return RunbookDataConverter.mapper().readTree(answer.out());
  }

  private static Path histories() {
    return stage.lab.evidenceStore().resolve(stage.cluster() + "/histories");
  }

  private static boolean kept(String name) {
    return Files.exists(histories().resolve(name + ".json"));
  }

  private static void forgetKept() throws IOException {
    try (Stream<Path> files = Files.list(histories())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Test
  void a_run_reset_to_before_its_start_goes_on_under_a_higher_epoch() throws Exception {
    hold(ConsumeStep.PROVE_ALL, reached, goOn);
    WorkflowStub run = stage.startConsume("latest");
    reached.await();
    long before = new Sites(stage.lab).epochAtWest();

    resets().toBefore(run.getExecution(), "EnsureReplaying");
    goOn.countDown();

    WorkflowStub again =
        stage.service.client().newUntypedWorkflowStub(run.getExecution().getWorkflowId());
    assertThat(again.getResult(ConsumeResult.class).outcome()).isEqualTo("Completed");
    assertThat(new Sites(stage.lab).epochAtWest()).isGreaterThan(before);
  }

  @Test
  void a_run_reset_after_it_has_ended_changes_nothing_beside_its_holder() throws Exception {
    WorkflowStub over = stage.startConsume("latest");
    String point = over.getResult(ConsumeResult.class).restorePoint();
    stage.publish();
    WorkflowStub holder = held();
    long before = new Sites(stage.lab).epochAtWest();

    resets().toBefore(over.getExecution(), "EnsureTarget");

    EndingRecord ending =
        Stage.endingOf(
            stage.service.client().newUntypedWorkflowStub(over.getExecution().getWorkflowId()));
    assertThat(ending.code()).isEqualTo("LOCK_LOST");
    assertThat(ending.headline()).contains(holder.getExecution().getWorkflowId());
    assertThat(new Sites(stage.lab).epochAtWest()).isEqualTo(before);
    goOn.countDown();
    assertThat(holder.getResult(ConsumeResult.class).restorePoint()).isNotEqualTo(point);
  }

  @Test
  void is_taken_over_when_the_run_it_was_taken_for_is_over() {
    WorkflowClient client = stage.service.client();
    LockWorkflow abandoned =
        client.newWorkflowStub(
            LockWorkflow.class,
            WorkflowOptions.newBuilder().setWorkflowId(lockId).setTaskQueue("mooring").build());
    WorkflowExecution lock =
        WorkflowClient.start(
            abandoned::hold, new Holder("gone", UUID.randomUUID().toString(), "DrConsume"));

    assertThat(stage.consume().outcome()).isEqualTo("Completed");
    assertThat(
            client
                .newUntypedWorkflowStub(
                    WorkflowTargetOptions.newBuilder().setWorkflowExecution(lock).build())
                .describe()
                .getStatus())
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_TERMINATED);
  }

  @Test
  void of_one_site_does_not_hold_up_a_runbook_at_another() throws Exception {
    hold(PublishStep.AWAIT_ARCHIVE, reached, goOn);
    WorkflowStub publish = stage.startPublish();
    reached.await();

    assertThat(stage.consume().outcome()).isEqualTo("Completed");

    goOn.countDown();
    assertThat(publish.getResult(PublishResult.class).outcome()).isEqualTo("Completed");
  }

  /** A DrConsume that has the lock and stands still before it proves the chain. */
  private WorkflowStub held() throws InterruptedException {
    hold(ConsumeStep.PROVE_CHAIN, reached, goOn);
    WorkflowStub run = stage.startConsume("latest");
    reached.await();
    return run;
  }

  private static void hold(Enum<?> step, CountDownLatch reached, CountDownLatch goOn) {
    stage.hooks.before(
        step,
        () -> {
          reached.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static Resets resets() {
    return new Resets(stage.service.client());
  }

  /** What a run started by a schedule answers. */
  private static ConsumeResult scheduled() throws Exception {
    ScheduleClient schedules =
        ScheduleClient.newInstance(
            stage.service.client().getWorkflowServiceStubs(),
            ScheduleClientOptions.newBuilder()
                .setDataConverter(RunbookDataConverter.create())
                .build());
    ScheduleHandle schedule =
        schedules.createSchedule(
            "consume-" + stage.cluster(),
            Schedule.newBuilder()
                .setAction(
                    ScheduleActionStartWorkflow.newBuilder()
                        .setWorkflowType("DrConsume")
                        .setArguments(
                            new RawRequest(
                                RunbookDataConverter.mapper()
                                    .readTree(stage.consumeRequest("latest"))))
                        .setOptions(
                            WorkflowOptions.newBuilder()
                                .setWorkflowId("scheduled-" + stage.cluster())
                                .setTaskQueue("mooring")
                                .build())
                        .build())
                .setSpec(ScheduleSpec.newBuilder().build())
                .build(),
            ScheduleOptions.newBuilder().setTriggerImmediately(true).build());
    try {
      Soon.soon(
          "the schedule started a run",
          () -> !schedule.describe().getInfo().getRecentActions().isEmpty());
      String id =
          ((ScheduleActionExecutionStartWorkflow)
                  schedule.describe().getInfo().getRecentActions().get(0).getAction())
              .getWorkflowId();
      return stage.service.client().newUntypedWorkflowStub(id).getResult(ConsumeResult.class);
    } finally {
      schedule.delete();
    }
  }
}
