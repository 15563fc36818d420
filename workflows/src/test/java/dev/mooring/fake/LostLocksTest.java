package dev.mooring.fake;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Time goes on passing after the test server has lost a time lock. */
class LostLocksTest {
  private static final String RUN = "waits";

  /** Nobody serves it. */
  @ActivityInterface
  public interface Unserved {
    void call();
  }

  /** Gives up a call that no worker took, and waits for an hour. */
  @WorkflowInterface
  public interface Waiting {
    @WorkflowMethod
    String await();
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

    @Override
    public String await() {
      CancellationScope calling =
          Workflow.newCancellationScope(() -> Async.procedure(unserved::call));
      calling.run();
      Workflow.sleep(Duration.ofSeconds(1));
      calling.cancel();
      Workflow.sleep(Duration.ofHours(1));
      return "waited";
    }
  }

  @Test
  void an_hour_is_skipped_after_a_call_was_given_up_that_no_worker_took() {
    try (TestWorkflowEnvironment temporal = TestWorkflowEnvironment.newInstance()) {
      Worker worker = temporal.newWorker("queue");
      worker.registerWorkflowImplementationTypes(WaitingImpl.class);
      temporal.start();
      Waiting waiting =
          temporal
              .getWorkflowClient()
              .newWorkflowStub(
                  Waiting.class,
                  WorkflowOptions.newBuilder().setWorkflowId(RUN).setTaskQueue("queue").build());
      WorkflowClient.start(waiting::await);
      long began = temporal.currentTimeMillis();
      WorkflowStub run = WorkflowStub.fromTyped(waiting);
      assertThat(LostLocks.<String>awaiting(temporal, RUN, () -> run.getResult(String.class)))
          .isEqualTo("waited");
      assertThat(temporal.currentTimeMillis() - began).isGreaterThan(3_600_000);
    }
  }
}
