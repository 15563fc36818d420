package dev.mooring.dev.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.dev.lab.LabPlan;
import dev.mooring.runbook.consume.ConsumeResult;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.ActivityTaskStartedEventAttributes;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two workers that both serve both sites: they share the load, and one of them may die. */
@Timeout(300)
@Tag("all")
@Tag("heavy")
class TwoWorkersIT {
  private static final int PUBLISHES_AT_MOST = 20;
  private static final long HEARTBEAT_SECONDS = 5;
  private static Stage stage;
  private static Sites sites;

  @TempDir Path directory;

  @BeforeAll
  static void raise() {
    stage = new Stage(LabPlan.fleet(2).withWalFileMegabytes(1));
    sites = new Sites(stage.lab);
    stage.clients().begin();
  }

  @AfterAll
  static void strike() {
    stage.close();
  }

  @Test
  void share_the_load_and_one_that_is_killed_costs_its_heartbeat_time() {
    stage.dismissWorker();
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
    stage.assertAll();
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

  private WorkerProcess worker(String name) {
    return WorkerProcess.ofBothSites(
        stage.lab, stage.service.address(), directory.resolve(name + ".log"));
  }
}
