package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.machine.ThisMachine;
import dev.mooring.runbook.EndingRecord;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.publish.PublishResult;
import dev.mooring.topology.SiteName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import dev.mooring.worker.MooringWorker;
import dev.mooring.worker.WorkerConfig;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a site whose worker is gone, or goes by another cluster file, does to a run. */
@Tag("all")
class AbsentWorkerIT {
  /**
   * The product promises five seconds, and a run would wait for a worker for 45; a machine with
   * much else to do gets more.
   */
  private static final Duration AT_ONCE = Duration.ofSeconds(20);

  private static Stage stage;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(1).withWalFileMegabytes(1));
    stage.publish();
    stage.dismissWorker();
    stage.clients().begin();
  }

  @AfterEach
  void bothSidesAreExact() {
    stage.assertAll();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void a_run_that_waits_for_a_worker_ends_at_once_when_a_person_stops_it() throws Exception {
    RawRequest rollBack =
        new RawRequest(
            RunbookDataConverter.mapper().readTree("{\"decision\":\"roll-back\",\"by\":\"ann\"}"));
    WorkflowStub run = endsAtOnce(waiting -> waiting.signal("decideBySignal", rollBack));

    EndingRecord ending = Stage.endingOf(run);
    assertThat(ending.outcome()).isEqualTo("RolledBack");
    assertThat(ending.code()).isEqualTo("CANCELLED");
    assertThat(ending.receipt()).isEqualTo(noReceiptOf(run));
  }

  @Test
  void a_run_that_waits_for_a_worker_ends_at_once_when_it_is_cancelled() {
    WorkflowStub run = endsAtOnce(WorkflowStub::cancel);

    assertThat(run.describe().getStatus())
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED);
    try (MooringWorker worker = worker("east", stage.lab.configDirectory())) {
      assertThat(worker.isServing()).isTrue();
      assertThat(run.query("progress", Progress.class).headline())
          .isEqualTo("the run was cancelled; " + noReceiptOf(run));
    }
  }

  /** Stops a run whose site nobody serves. */
  private static WorkflowStub endsAtOnce(Consumer<WorkflowStub> stop) {
    try (MooringWorker worker = worker("east", stage.lab.configDirectory())) {
      assertThat(worker.isServing()).isTrue();
      WorkflowStub run = stage.startConsumeOfLatest();
      Soon.soon("the run waits for the west", () -> waitsFor(run, "READ_STATE"));
      Instant asked = Instant.now();
      stop.accept(run);
      assertThatThrownBy(() -> run.getResult(Object.class))
          .isInstanceOf(WorkflowFailedException.class);
      assertThat(Duration.between(asked, Instant.now())).isLessThan(ThisMachine.takes(AT_ONCE));
      return run;
    }
  }

  private static String noReceiptOf(WorkflowStub run) {
    return "no receipt could be written: no worker took the work of that queue in time; what was"
        + " done is in Temporal's history of run "
        + run.getExecution().getRunId()
        + " of "
        + run.getExecution().getWorkflowId();
  }

  /** What it takes is how long a run waits for a worker, twice: for its act and for its receipt. */
  @Test
  void a_run_that_no_worker_comes_for_ends_and_says_so() {
    try (MooringWorker worker = worker("east", stage.lab.configDirectory())) {
      assertThat(worker.isServing()).isTrue();
      String files = stage.lab.fingerprintOf(stage.lab.host("w0"));

      EndingRecord ending = stage.consumeFails("latest");

      assertThat(ending.outcome()).isEqualTo("Failed");
      assertThat(ending.code()).isEqualTo("NO_WORKER");
      assertThat(ending.headline()).contains("no worker took the work of that queue in time");
      assertThat(ending.hint()).isEqualTo("start the worker of that site");
      assertThat(stage.lab.fingerprintOf(stage.lab.host("w0"))).isEqualTo(files);
    }
  }

  @Test
  void a_publish_goes_on_without_the_other_site_and_says_what_was_not_compared() {
    try (MooringWorker worker = worker("east", stage.lab.configDirectory())) {
      assertThat(worker.isServing()).isTrue();

      PublishResult published = stage.publish();

      assertThat(published.outcome()).isEqualTo("Completed");
      assertThat(published.degraded())
          .containsExactly(
              "the cluster file of west was not compared: no worker took the work of that queue in"
                  + " time");
    }
  }

  @Test
  void two_cluster_files_refuse_the_run() throws Exception {
    String file = stage.lab.clusterFile().getFileName().toString();
    String text = Files.readString(stage.lab.clusterFile());
    assertThat(text).contains("archiveWait: PT20S");
    Files.writeString(
        directory.resolve(file), text.replace("archiveWait: PT20S", "archiveWait: PT21S"));
    try (MooringWorker east = worker("east", stage.lab.configDirectory());
        MooringWorker west = worker("west", directory)) {
      assertThat(List.of(east.isServing(), west.isServing())).containsOnly(true);

      EndingRecord ending = stage.publishFails();

      assertThat(ending.outcome()).isEqualTo("Refused");
      assertThat(ending.code()).isEqualTo("CLUSTER_FILE_DIFFERS");
      assertThat(ending.headline())
          .matches(
              "the cluster file at (east|west) has digest [0-9a-f]{64}, the file that this run uses"
                  + " has [0-9a-f]{64}; they differ in publish");
      assertThat(ending.hint()).isEqualTo("copy one cluster file to every site");
    }
  }

  private static MooringWorker worker(String site, Path configDirectory) {
    WorkerConfig config =
        new WorkerConfig(
            List.of(new SiteName(site)),
            configDirectory,
            Optional.empty(),
            new WorkerConfig.Temporal(Optional.of(stage.service.address()), Optional.empty()));
    return new MooringWorker(
        stage.service.client(),
        config,
        stage.lab.environment(),
        Path.of(System.getProperty("user.home")),
        List.of());
  }

  private static boolean waitsFor(WorkflowStub run, String step) {
    return run.query("progress", Progress.class).steps().stream()
        .anyMatch(s -> s.step().equals(step) && s.state().equals("running"));
  }
}
