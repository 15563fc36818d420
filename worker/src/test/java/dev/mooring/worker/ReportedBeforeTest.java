package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.ActivityAttempt;
import dev.mooring.port.ActivityPolicies;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an attempt of a notice knows of those before it. */
class ReportedBeforeTest {
  private static final int ANSWERED_IN = 3;

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

  /** Reports in its first attempt, and not in its second. */
  private static final class WorkImpl implements Work {
    private final ActivityAttempt attempt = new ActivityAttempt();

    @Override
    public List<String> known() {
      int number = Activity.getExecutionContext().getInfo().getAttempt();
      List<String> before = attempt.reportedBefore();
      if (number == ANSWERED_IN) {
        return before;
      }
      if (before.isEmpty()) {
        attempt.report(List.of("dba@example.com", "lead@example.com"));
      }
      throw ApplicationFailure.newFailure("attempt " + number, "TEST");
    }
  }

  @BeforeEach
  void up() {
    environment = TestWorkflowEnvironment.newInstance();
    Worker runs = environment.newWorker("runs");
    runs.registerWorkflowImplementationTypes(RunsImpl.class);
    environment
        .newWorker(ActivityPolicies.NOTICES_QUEUE)
        .registerActivitiesImplementations(new WorkImpl());
    environment.start();
  }

  @AfterEach
  void down() {
    environment.close();
  }

  @Test
  void each_attempt_knows_what_was_reported_last_before_it() {
    Runs run =
        environment
            .getWorkflowClient()
            .newWorkflowStub(Runs.class, WorkflowOptions.newBuilder().setTaskQueue("runs").build());
    assertThat(run.run()).containsExactly("dba@example.com", "lead@example.com");
  }
}
