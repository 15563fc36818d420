package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.ActivityAttempt;
import dev.mooring.port.ActivityPolicies;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an attempt of a notice knows of those before it, with the heartbeats of the worker. */
class ReportedBeforeTest {
  private static final String QUEUE = "runs";
  private static final int ANSWERED_IN = 3;
  private static final Duration SOME_HEARTBEATS = Duration.ofMillis(2500);

  private final WorkerHeartbeats heartbeats = new WorkerHeartbeats();
  private TestWorkflowEnvironment environment;

  /** Something that fails twice. */
  @ActivityInterface
  public interface Work {
    /** What its last attempt knows of those before. */
    List<String> known();
  }

  /** Runs it. */
  @WorkflowInterface
  public interface Runs {
    /** Runs it as a notice is sent. */
    @WorkflowMethod
    List<String> run();
  }

  /** Runs it. */
  public static final class RunsImpl implements Runs {
    @Override
    public List<String> run() {
      return Workflow.newActivityStub(Work.class, ActivityPolicies.notice("notify")).known();
    }
  }

  /** Reports in its first attempt, and nothing new in its second, which the worker's beats pass. */
  private static final class WorkImpl implements Work {
    private final ActivityAttempt attempt = new ActivityAttempt();

    @Override
    public List<String> known() {
      int number = Activity.getExecutionContext().getInfo().getAttempt();
      waits(SOME_HEARTBEATS);
      List<String> before = attempt.reportedBefore();
      if (number == ANSWERED_IN) {
        return before;
      }
      if (number == 1) {
        attempt.report(List.of("dba@example.com", "lead@example.com"));
      } else {
        waits(SOME_HEARTBEATS);
      }
      throw ApplicationFailure.newFailure("attempt " + number, "TEST");
    }

    private static void waits(Duration time) {
      try {
        Thread.sleep(time.toMillis());
      } catch (InterruptedException cancelled) {
        throw ApplicationFailure.newFailure("interrupted", "INTERRUPTED");
      }
    }
  }

  @BeforeEach
  void up() {
    environment = TestServer.with(heartbeats);
    environment.newWorker(QUEUE).registerWorkflowImplementationTypes(RunsImpl.class);
    Worker notices =
        environment.newWorker(
            ActivityPolicies.NOTICES_QUEUE,
            WorkerOptions.newBuilder()
                .setMaxHeartbeatThrottleInterval(Duration.ofSeconds(1))
                .build());
    notices.registerActivitiesImplementations(new WorkImpl());
    environment.start();
  }

  @AfterEach
  void down() {
    environment.shutdownNow();
    heartbeats.close();
  }

  @Test
  void each_attempt_knows_what_was_reported_last_before_it() {
    assertThat(TestServer.started(environment, QUEUE).getResult(String[].class))
        .containsExactly("dba@example.com", "lead@example.com");
  }
}
