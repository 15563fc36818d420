package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs are counted where they end, and never again where their history is replayed. */
class RunMetricsTest {
  private static final String QUEUE = "counted";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TestWorkflowEnvironment temporal = environment();

  /** Nothing is held in memory: every task begins with a replay of all before it. */
  private TestWorkflowEnvironment environment() {
    return TestWorkflowEnvironment.newInstance(
        TestEnvironmentOptions.newBuilder()
            .setWorkerFactoryOptions(
                WorkerFactoryOptions.newBuilder()
                    .setWorkerInterceptors(
                        new WorkerInterceptor[] {new RunMetrics(registry), new RunLabels()})
                    .setWorkflowCacheSize(0)
                    .build())
            .build());
  }

  /** A run of some steps. */
  @WorkflowInterface
  public interface Counted {
    @WorkflowMethod
    String run(String ending);

    @QueryMethod
    String progress();
  }

  public static final class CountedImpl implements Counted {
    @Override
    public String run(String ending) {
      Workflow.sleep(Duration.ofSeconds(1));
      Workflow.sleep(Duration.ofSeconds(1));
      if (!ending.isEmpty()) {
        throw ApplicationFailure.newNonRetryableFailure("it ended so", ending);
      }
      return "done";
    }

    @Override
    public String progress() {
      return "known";
    }
  }

  @BeforeEach
  void start() {
    temporal.newWorker(QUEUE).registerWorkflowImplementationTypes(CountedImpl.class);
    temporal.start();
  }

  @AfterEach
  void stop() {
    temporal.close();
  }

  @Test
  void counts_a_run_once_however_often_it_is_replayed() {
    WorkflowStub run = begun("");
    assertThat(run.getResult(String.class)).isEqualTo("done");
    for (int i = 0; i < 3; i++) {
      assertThat(run.query("progress", String.class)).isEqualTo("known");
    }

    assertThat(count("completed")).isEqualTo(1);
    assertThat(registry.getMeters()).hasSize(1);
  }

  @Test
  void counts_each_ending_by_its_name_and_what_it_does_not_know_as_failed() {
    for (String ending : new String[] {"Refused", "RolledBack", "Stuck", "Failed", "Else"}) {
      WorkflowStub run = begun(ending);
      assertThatThrownBy(() -> run.getResult(String.class))
          .isInstanceOf(WorkflowFailedException.class);
      assertThat(run.query("progress", String.class)).isEqualTo("known");
    }

    assertThat(count("refused")).isEqualTo(1);
    assertThat(count("rolled_back")).isEqualTo(1);
    assertThat(count("stuck")).isEqualTo(1);
    assertThat(count("failed")).isEqualTo(2);
  }

  @Test
  void a_run_that_was_cancelled_is_counted_as_that() {
    WorkflowStub run = begun("");
    run.cancel();
    assertThatThrownBy(() -> run.getResult(String.class))
        .isInstanceOf(WorkflowFailedException.class);

    assertThat(count("cancelled")).isEqualTo(1);
  }

  private WorkflowStub begun(String ending) {
    WorkflowStub run =
        temporal
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                "Counted", WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build());
    run.start(ending);
    return run;
  }

  private double count(String outcome) {
    return registry.get("mooring.runs").tag("outcome", outcome).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }
}
