package dev.mooring.worker.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.temporal.TemporalRunActivities;
import dev.mooring.contract.Limit;
import dev.mooring.fake.FakeRuns;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Progress.StepProgress;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.ApplicationFailure;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a worker whose Temporal, or one of whose runs, gives no answer. */
class ClusterPagesTest {
  private static final ClusterName STRAIT = new ClusterName("strait");

  @TempDir Path directory;

  /** A run that waits for an approval. */
  @WorkflowInterface
  public interface Approved {
    @WorkflowMethod
    void run(boolean answers);

    @QueryMethod
    Progress progress();

    @QueryMethod
    Plan plan();
  }

  public static final class ApprovedImpl implements Approved {
    private boolean answers;

    @Override
    public void run(boolean answers) {
      this.answers = answers;
      Workflow.sleep(Duration.ofMinutes(1));
    }

    @Override
    public Progress progress() {
      if (!answers) {
        throw new IllegalStateException("its plan is unreadable");
      }
      StepProgress approve = new StepProgress("APPROVE_PLAN", "", "running", "");
      return new Progress("Failover", "waits for an approval", "", List.of(approve));
    }

    @Override
    public Plan plan() {
      return new Plan(
          "d",
          new Plan.Origin("", ""),
          List.of("promote west-0"),
          List.of(),
          List.of(),
          List.of(),
          List.of());
    }
  }

  /** A status that ends at once. */
  @WorkflowInterface
  public interface Status {
    @WorkflowMethod(name = "ClusterStatus")
    void run(RawRequest request);
  }

  public static final class NoStatus implements Status {
    @Override
    public void run(RawRequest request) {
      throw ApplicationFailure.newNonRetryableFailure("no status", "Failed");
    }
  }

  @Test
  void a_run_whose_query_fails_is_shown_and_hides_no_run_that_waits() throws Exception {
    Files.writeString(directory.resolve("strait.yaml"), "cluster: strait\n");
    FakeRuns runs = new FakeRuns();
    try (TestWorkflowEnvironment temporal = environment();
        ClusterPages pages =
            new ClusterPages(
                temporal.getWorkflowClient(),
                new ClusterFiles(directory, List.of()),
                runs,
                "https://ui.example/",
                Limit.seconds(60))) {
      temporal
          .newWorker(ActivityPolicies.SHARED_QUEUE)
          .registerWorkflowImplementationTypes(ApprovedImpl.class, NoStatus.class);
      temporal.start();
      begun(temporal, runs, "mooring:strait:failover", true);
      begun(temporal, runs, "mooring:strait:resilver", false);
      assertThat(pages.page().get(Limit.seconds(90).toSeconds(), TimeUnit.SECONDS))
          .contains(
              "<h1>A run waits for a person. A run can't be asked. strait is unknown</h1>",
              "promote west-0",
              "https://ui.example/namespaces/default/workflows/mooring:strait:failover",
              "can't be asked: ",
              "its plan is unreadable",
              "https://ui.example/namespaces/default/workflows/mooring:strait:resilver");
    }
  }

  private static TestWorkflowEnvironment environment() {
    return TestWorkflowEnvironment.newInstance(
        TestEnvironmentOptions.newBuilder()
            .setUseTimeskipping(false)
            .setWorkflowClientOptions(
                WorkflowClientOptions.newBuilder()
                    .setDataConverter(RunbookDataConverter.create())
                    .build())
            .build());
  }

  private static void begun(
      TestWorkflowEnvironment temporal, FakeRuns runs, String id, boolean answers) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(id)
            .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
            .build();
    temporal.getWorkflowClient().newUntypedWorkflowStub("Approved", options).start(answers);
    runs.open(STRAIT, id, answers ? "Failover" : "Resilver");
  }

  @Test
  void a_temporal_that_is_gone_is_said_in_time() throws Exception {
    Files.writeString(directory.resolve("strait.yaml"), "cluster: strait\n");
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget("127.0.0.1:1").build());
    WorkflowClient client = WorkflowClient.newInstance(stubs);
    try (ClusterPages pages =
        new ClusterPages(
            client,
            new ClusterFiles(directory, List.of()),
            new TemporalRunActivities(client),
            "",
            Duration.ofMillis(300))) {
      assertThat(pages.page().get(Limit.seconds(10).toSeconds(), TimeUnit.SECONDS))
          .contains("<h1>strait is unknown</h1>", "no answer within", "mooring whois strait");
    } finally {
      stubs.shutdownNow();
    }
  }
}
