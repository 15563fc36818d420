package dev.mooring.fake;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Also the one call whose time is over on a full second. */
class ExpiringCallsTest {
  private static final Duration SHORT = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Nobody can do it. */
  @ActivityInterface
  public interface Failing {
    void fail();
  }

  /** Tries that with a limit for each millisecond of a second. */
  @WorkflowInterface
  public interface Trying {
    @WorkflowMethod
    int tryInVain();
  }

  /** How many it gave up. */
  public static final class TryingImpl implements Trying {
    @Override
    public int tryInVain() {
      List<Promise<Boolean>> givenUp = new ArrayList<>();
      for (int millis = 0; millis < 1_000; millis++) {
        givenUp.add(
            Async.procedure(failing(SHORT.plusMillis(millis))::fail)
                .handle((done, inVain) -> inVain != null));
      }
      Workflow.await(PATIENCE, () -> givenUp.stream().allMatch(Promise::isCompleted));
      return (int) givenUp.stream().filter(Promise::isCompleted).filter(Promise::get).count();
    }

    private static Failing failing(Duration limit) {
      return Workflow.newActivityStub(
          Failing.class,
          ActivityOptions.newBuilder()
              .setScheduleToCloseTimeout(limit)
              .setRetryOptions(RetryOptions.newBuilder().setInitialInterval(LONG).build())
              .build());
    }
  }

  @Test
  void each_is_given_up() {
    TestEnvironmentOptions expiring =
        TestEnvironmentOptions.newBuilder()
            .setWorkflowServiceStubsOptions(ExpiringCalls.options())
            .build();
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance(expiring)) {
      Worker worker = temporal.newWorker("queue");
      worker.registerWorkflowImplementationTypes(TryingImpl.class);
      worker.registerActivitiesImplementations(
          (Failing)
              () -> {
                throw new IllegalStateException("in vain");
              });
      temporal.start();
      WorkflowOptions options = WorkflowOptions.newBuilder().setTaskQueue("queue").build();
      assertThat(temporal.getWorkflowClient().newWorkflowStub(Trying.class, options).tryInVain())
          .isEqualTo(1_000);
    }
  }
}
