package dev.mooring.fake;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Time goes on passing after the test server has lost a time lock. */
class LostLocksTest {
  private static final String RUN = "waits";
  private static final Duration TWENTY_MINUTES = Duration.ofMinutes(20);

  /** Nobody serves it. */
  @ActivityInterface
  public interface Unserved {
    void call();
  }

  /** What twenty minutes pass by. */
  enum By {
    TIMER,
    TRIED_EACH_SECOND,
    CALL_THAT_WAITS
  }

  /** One fails, one waits. */
  @ActivityInterface
  public interface Served {
    void fail();

    void passThem();
  }

  /** Gives up a call that no worker took, and then twenty minutes pass. */
  @WorkflowInterface
  public interface Waiting {
    @WorkflowMethod
    void await(By by);
  }

  /** What that does. */
  public static final class WaitingImpl implements Waiting {
    private final Unserved unserved =
        Workflow.newActivityStub(
            Unserved.class,
            ActivityOptions.newBuilder()
                .setTaskQueue("nobody")
                .setStartToCloseTimeout(Duration.ofMinutes(1))
                .build());

    private final Served served =
        Workflow.newActivityStub(
            Served.class,
            ActivityOptions.newBuilder()
                .setScheduleToCloseTimeout(TWENTY_MINUTES.plusMinutes(1))
                .setHeartbeatTimeout(Duration.ofSeconds(5))
                .setRetryOptions(
                    RetryOptions.newBuilder()
                        .setInitialInterval(Duration.ofSeconds(1))
                        .setBackoffCoefficient(1)
                        .build())
                .build());

    @Override
    public void await(By by) {
      CancellationScope calling =
          Workflow.newCancellationScope(() -> Async.procedure(unserved::call));
      calling.run();
      Workflow.sleep(Duration.ofSeconds(1));
      calling.cancel();
      switch (by) {
        case TIMER -> Workflow.sleep(TWENTY_MINUTES);
        case CALL_THAT_WAITS -> served.passThem();
        case TRIED_EACH_SECOND -> {
          try {
            served.fail();
          } catch (ActivityFailure inVain) {
            // tried all the time
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void twenty_minutes_are_skipped_after_a_call_was_given_up_that_no_worker_took(By by) {
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      PassingTime passing = new PassingTime(temporal);
      Worker worker = temporal.newWorker("queue");
      worker.registerWorkflowImplementationTypes(WaitingImpl.class);
      worker.registerActivitiesImplementations(
          new Served() {
            @Override
            public void fail() {
              throw new IllegalStateException("in vain");
            }

            @Override
            public void passThem() {
              passing.of(TWENTY_MINUTES).run();
            }
          });
      temporal.start();
      Waiting waiting =
          temporal
              .getWorkflowClient()
              .newWorkflowStub(
                  Waiting.class,
                  WorkflowOptions.newBuilder().setWorkflowId(RUN).setTaskQueue("queue").build());
      WorkflowClient.start(waiting::await, by);
      long began = temporal.currentTimeMillis();
      WorkflowStub run = WorkflowStub.fromTyped(waiting);
      LostLocks.awaiting(temporal, passing, RUN, () -> run.getResult(Boolean.class));
      assertThat(temporal.currentTimeMillis() - began)
          .isGreaterThanOrEqualTo(TWENTY_MINUTES.toMillis());
    }
  }
}
