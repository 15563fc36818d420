package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeResult;
import dev.mooring.runbook.publish.PublishResult;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.ActivityTaskStartedEventAttributes;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers killed in a publish and in a consume: while a restore point waits for its archive with
 * nobody there to take over, and one of two that share the load.
 */
@Tag("heavy")
class KilledWorkersIT {
  private static final int PUBLISHES_AT_MOST = 20;
  private static final long HEARTBEAT_SECONDS = 5;
  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.begin();
  }

  @BeforeEach
  void onlyTheWorkersOfTheTest() {
    stage.publish();
    stage.dismissWorker();
  }

  @AfterEach
  void backToTheBeginning() {
    stage.recallWorker();
    stage.reset();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void a_publish_leaves_a_manifest_that_is_not_ready_and_the_next_worker_makes_it_so()
      throws IOException {
    String first = sites.latest().name().value();
    stage.amendClusterFile(now -> now.replace("archiveWait: PT20S", "archiveWait: PT120S"));
    stage.lab.faults().archiveOff(0);
    WorkflowStub run = stage.startPublish();
    try (WorkerProcess killed = worker("killed")) {
      Soon.soon("the pending manifest is there", () -> !pending().isEmpty());
      assertThat(killed.starts()).isEqualTo(1);
    }

    assertThat(pending()).hasSize(1);
    String point = pending().get(0).replace(".pending.json", "");
    assertThat(point).isNotEqualTo(first);
    assertThat(Sites.read(sites.manifestFile(point + ".pending"))).contains("\"ready\": false");
    assertThat(sites.manifestFile(point)).doesNotExist();
    assertThat(sites.latest().name().value()).isEqualTo(first);
    assertThat(stage.mooring().type("logs --n 9999").out()).contains(first).contains(point);

    stage.lab.faults().archiveOn(0);
    try (WorkerProcess next = worker("next")) {
      assertThat(run.getResult(PublishResult.class).restorePoint()).isEqualTo(point);
      assertThat(next.starts()).isEqualTo(1);
    }
    assertThat(sites.latest().name().value()).isEqualTo(point);
    assertThat(sites.latest().isReady()).isTrue();
  }

  @Test
  @Tag("all")
  void two_share_the_load_and_one_that_is_killed_costs_its_heartbeat_time() {
    HeldProgram starts = HeldProgram.starts(stage.lab, sites.west(0));
    try (WorkerProcess first = worker("first");
        WorkerProcess second = worker("second")) {
      publishUntilBothWorked(first, second);
      stage.manage(sites.west(0), starts.programs());
      String point = stage.publish().restorePoint();

      WorkflowStub run = stage.startConsume("latest");
      Soon.soon("a start is held on its host", starts::reached);
      Soon.soon("it is known whose act that is", () -> !begun(first, second, run).isEmpty());
      String act = begun(first, second, run).get(0);
      WorkerProcess victim =
          stage.service.activitiesAt(first.identity(), run).isEmpty() ? second : first;
      WorkerProcess survivor = victim.equals(first) ? second : first;
      victim.close();
      starts.release();

      assertThat(run.getResult(ConsumeResult.class).restorePoint()).isEqualTo(point);
      assertThat(sites.mooredAt()).isEqualTo(point);
      assertTakenOver(run, act, survivor);
      assertThat(survivor.starts()).isEqualTo(1);
    }
  }

  private static void publishUntilBothWorked(WorkerProcess first, WorkerProcess second) {
    Set<String> worked = new TreeSet<>();
    for (int i = 0; i < PUBLISHES_AT_MOST && worked.size() < 2; i++) {
      WorkflowStub run = stage.startPublish();
      run.getResult(Object.class);
      stage.service.started(run).forEach(started -> worked.add(started.getIdentity()));
    }
    assertThat(worked).containsExactlyInAnyOrder(first.identity(), second.identity());
  }

  private static List<String> begun(WorkerProcess first, WorkerProcess second, WorkflowStub run) {
    List<String> of = stage.service.activitiesAt(first.identity(), run);
    return of.isEmpty() ? stage.service.activitiesAt(second.identity(), run) : of;
  }

  /** The dead worker was missed by its heartbeats, and the other one did the act at once. */
  private static void assertTakenOver(WorkflowStub run, String act, WorkerProcess survivor) {
    ActivityTaskScheduledEventAttributes asked = stage.service.scheduled(run, act);
    assertThat(asked.getHeartbeatTimeout().getSeconds()).isEqualTo(HEARTBEAT_SECONDS);
    assertThat(asked.getRetryPolicy().getInitialInterval().getSeconds()).isZero();
    ActivityTaskStartedEventAttributes done = stage.service.startedOf(run, act);
    assertThat(done.getAttempt()).isEqualTo(2);
    assertThat(done.getIdentity()).isEqualTo(survivor.identity());
    assertThat(done.getLastFailure().getTimeoutFailureInfo().getTimeoutType())
        .isEqualTo(TimeoutType.TIMEOUT_TYPE_HEARTBEAT);
  }

  /** A worker of both sites; closing it kills it as kill -9 does. */
  private WorkerProcess worker(String name) {
    return WorkerProcess.ofBothSites(
        stage.lab, stage.service.address(), directory.resolve(name + ".log"));
  }

  private static List<String> pending() throws IOException {
    try (Stream<Path> files = Files.list(sites.manifestFile("LATEST").getParent())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".pending.json"))
          .toList();
    }
  }
}
