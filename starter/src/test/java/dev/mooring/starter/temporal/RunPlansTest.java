package dev.mooring.starter.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.wire.Digest;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunPlansTest {
  private static final List<String> OBJECTS = List.of("west-0: standby, becomes primary");
  private static final List<String> STEPS = List.of("PROMOTE: promote it");

  /** A run that shows the plan of its request. */
  @WorkflowInterface
  public interface Answering {
    /** Waits. */
    @WorkflowMethod(name = "Switchover")
    void run(Plan shown);

    /** What it was told. */
    @QueryMethod
    Plan plan();

    /** Nothing. */
    @QueryMethod
    Progress progress();
  }

  /** Answers. */
  public static final class AnsweringImpl implements Answering {
    private Plan shown = Plan.UNKNOWN;

    @Override
    public void run(Plan told) {
      shown = told;
      Workflow.sleep(Duration.ofDays(1));
    }

    @Override
    public Plan plan() {
      return shown;
    }

    @Override
    public Progress progress() {
      return new Progress("Switchover", "", "", List.of());
    }
  }

  private static Plan shown(String request) {
    return new Plan(
        Digest.ofPlan("Switchover of lee to west-0", "file", OBJECTS, STEPS),
        new Plan.Origin(request, "file"),
        OBJECTS,
        STEPS,
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void a_digest_is_neither_shown_nor_signed_beside_another_plan() {
    try (TestWorkflowEnvironment environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(RunbookDataConverter.create())
                        .build())
                .build())) {
      environment.newWorker("q").registerWorkflowImplementationTypes(AnsweringImpl.class);
      environment.start();
      TemporalServer server = TemporalServer.embedded(environment.getWorkflowClient());
      Plan plan = shown("Switchover of lee to west-0");

      assertThat(new RunPlans(server).of(run(environment, "true", plan)).plan()).isEqualTo(plan);
      RunReference other = run(environment, "other", shown("Switchover of lee to east-1"));
      assertThatThrownBy(() -> new RunPlans(server).of(other))
          .hasMessageContaining("the run shows another plan than that of its digest");
      assertThatThrownBy(() -> new RunApprovals(server).text(other, plan.digest(), "ann", "seen"))
          .hasMessageContaining("the run shows another plan than that of its digest");
    }
  }

  private static RunReference run(TestWorkflowEnvironment environment, String id, Plan shown) {
    WorkflowStub run =
        environment
            .getWorkflowClient()
            .newUntypedWorkflowStub(
                "Switchover",
                WorkflowOptions.newBuilder().setTaskQueue("q").setWorkflowId(id).build());
    return new RunReference(id, run.start(shown).getRunId(), "Switchover");
  }
}
