package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.common.v1.Payloads;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The beats of activities that beat not, or only once, themselves. */
class WorkerHeartbeatsTest {
  private static final String QUEUE = "beats";

  private final WorkerHeartbeats heartbeats = new WorkerHeartbeats();
  private final WorkImpl work = new WorkImpl();
  private TestWorkflowEnvironment environment;

  /** Something that takes longer than its heartbeat timeout. */
  @ActivityInterface
  public interface Work {
    /** Waits on, whatever happens to it; answers what the attempt before had reported. */
    String longerThanTheTimeout();

    /** Waits until it is interrupted. */
    void untilInterrupted();
  }

  /** Runs one activity. */
  @WorkflowInterface
  public interface Runs {
    /** Runs it. */
    @WorkflowMethod
    String run(String activity);
  }

  /** Runs one activity with a heartbeat timeout that a busy machine's beats come within. */
  public static final class RunsImpl implements Runs {
    @Override
    public String run(String activity) {
      Work stub =
          Workflow.newActivityStub(
              Work.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofMinutes(1))
                  .setHeartbeatTimeout(Duration.ofSeconds(4))
                  .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
                  .build());
      if (activity.equals("long")) {
        return stub.longerThanTheTimeout();
      }
      stub.untilInterrupted();
      return "";
    }
  }

  private static final class WorkImpl implements Work {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile boolean firstEnded;
    private volatile boolean interrupted;

    @Override
    public String longerThanTheTimeout() {
      if (attempts.incrementAndGet() > 1) {
        return reportedBefore() + (firstEnded ? "" : ", and taken for dead");
      }
      Activity.getExecutionContext().heartbeat("half done");
      waitFor(Duration.ofSeconds(6));
      firstEnded = true;
      throw ApplicationFailure.newFailure("try again", "AGAIN");
    }

    /** As the attempt was told when it began: its first beat may come before its first line. */
    private static String reportedBefore() {
      Optional<Payloads> details = Activity.getExecutionContext().getInfo().getHeartbeatDetails();
      return details.isEmpty()
          ? "nothing"
          : DefaultDataConverter.STANDARD_INSTANCE.fromPayloads(
              0, details, String.class, String.class);
    }

    @Override
    public void untilInterrupted() {
      begun.countDown();
      waitFor(Duration.ofSeconds(50));
    }

    private void waitFor(Duration time) {
      try {
        assertThat(never.await(time.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
      } catch (InterruptedException reported) {
        interrupted = true;
        throw ApplicationFailure.newFailure("interrupted", "INTERRUPTED");
      }
    }
  }

  @BeforeEach
  void up() {
    environment = TestServer.with(heartbeats);
    Worker worker =
        environment.newWorker(
            QUEUE,
            WorkerOptions.newBuilder()
                .setMaxHeartbeatThrottleInterval(Duration.ofSeconds(1))
                .build());
    worker.registerWorkflowImplementationTypes(RunsImpl.class);
    worker.registerActivitiesImplementations(work);
    environment.start();
  }

  @AfterEach
  void down() {
    environment.shutdownNow();
    heartbeats.close();
  }

  private WorkflowStub started(String activity) {
    return TestServer.started(environment, QUEUE, activity);
  }

  @Test
  void keeps_an_activity_alive_and_its_own_progress_with_it() {
    assertThat(started("long").getResult(String.class)).isEqualTo("half done");
    assertThat(work.attempts).hasValue(2);
  }

  @Test
  void interrupts_an_activity_that_was_cancelled_and_reports_that() throws InterruptedException {
    WorkflowStub run = started("short");
    work.begun.await();
    run.cancel();
    assertThatThrownBy(() -> run.getResult(String.class))
        .isInstanceOf(WorkflowFailedException.class)
        .hasCauseInstanceOf(CanceledFailure.class);
    assertThat(work.interrupted).isTrue();
  }
}
