package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Explained;
import io.grpc.Status;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityInterface;
import io.temporal.client.WorkflowFailedException;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is tried again of an activity that throws in its first two attempts. */
class OwnErrorsTest {
  private static final String QUEUE = "errors";
  private static final int ANSWERED_IN = 3;

  private TestWorkflowEnvironment environment;

  /** Something that fails twice. */
  @ActivityInterface
  public interface Work {
    /** Throws what is named so until its last attempt, and answers which that was. */
    int tried(String thrown);
  }

  /** Runs it. */
  @WorkflowInterface
  public interface Runs {
    /** Runs it by that policy. */
    @WorkflowMethod
    int run(String policy, String thrown);
  }

  /** Runs it. */
  public static final class RunsImpl implements Runs {
    @Override
    public int run(String policy, String thrown) {
      return Workflow.newActivityStub(
              Work.class, ActivityPolicies.valueOf(policy).options(QUEUE, "try it"))
          .tried(thrown);
    }
  }

  private static final class WorkImpl implements Work {
    @Override
    public int tried(String thrown) {
      int attempt = Activity.getExecutionContext().getInfo().getAttempt();
      if (attempt == ANSWERED_IN) {
        return attempt;
      }
      switch (thrown) {
        case "null" -> throw new NullPointerException("it was null");
        case "host" ->
            throw ApplicationFailure.newFailure("silent", FailureCode.HOST_UNREACHABLE.name());
        case "thread" ->
            throw new IllegalStateException(
                ApplicationFailure.newFailure("silent", FailureCode.HOST_UNREACHABLE.name()));
        case "file" -> throw new UncheckedIOException(new IOException("stale file handle"));
        case "service" -> throw Status.UNAVAILABLE.asRuntimeException();
        case "stopped" -> throw new IllegalStateException("stopped", new InterruptedException());
        case "linkage" -> throw new NoClassDefFoundError("a class");
        default -> throw new AssertionError(thrown);
      }
    }
  }

  @BeforeEach
  void up() {
    environment = TestServer.with(new OwnErrors());
    Worker worker = environment.newWorker(QUEUE);
    worker.registerWorkflowImplementationTypes(RunsImpl.class);
    worker.registerActivitiesImplementations(new WorkImpl());
    environment.start();
  }

  @AfterEach
  void down() {
    environment.shutdownNow();
  }

  private int tried(ActivityPolicies policy, String thrown) {
    return TestServer.started(environment, QUEUE, policy.name(), thrown).getResult(Integer.class);
  }

  @Test
  void a_look_ends_by_the_first_error_of_our_own_and_tells_it_as_one() {
    assertThatThrownBy(() -> tried(ActivityPolicies.OBSERVE, "null"))
        .isInstanceOf(WorkflowFailedException.class)
        .cause()
        .isInstanceOfSatisfying(
            ActivityFailure.class,
            failed ->
                assertThat(Explained.of(failed))
                    .isEqualTo(
                        new Explained(
                            FailureCode.BUG, "java.lang.NullPointerException: it was null")))
        .rootCause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            kept -> assertThat(kept.getType()).isEqualTo("java.lang.NullPointerException"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "thread", "file", "service", "stopped", "linkage"})
  void a_look_is_tried_again_after_what_is_no_error_of_our_own(String thrown) {
    assertThat(tried(ActivityPolicies.OBSERVE, thrown)).isEqualTo(ANSWERED_IN);
  }

  @Test
  void an_undo_is_tried_again_after_an_error_of_our_own() {
    assertThat(tried(ActivityPolicies.UNDO, "null")).isEqualTo(ANSWERED_IN);
  }
}
