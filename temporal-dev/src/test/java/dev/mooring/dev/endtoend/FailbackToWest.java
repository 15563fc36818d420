package dev.mooring.dev.endtoend;

import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.failback.FailbackStep;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowStub;
import java.time.Duration;

/** A Failback to the west that alice began, whose plans bob approves, on real servers. */
final class FailbackToWest {
  /** A base backup, and a catch-up that is looked at each 15 s. */
  private static final Duration UNTIL_IT_IS_HEALED = Duration.ofMinutes(2);

  private final Stage stage;
  private final String id;

  /** Begins it. */
  FailbackToWest(Stage stage) {
    this(stage, "");
  }

  /** Begins it, with that in its request too. */
  FailbackToWest(Stage stage, String more) {
    this.stage = stage;
    String json =
        String.format(
            "{\"cluster\":\"%s\",\"to\":\"west\",\"mode\":\"execute\",\"by\":\"alice\"%s}",
            stage.cluster(), more);
    id = stage.start("Failback", json).getExecution().getWorkflowId();
  }

  Resets resets() {
    return new Resets(stage.service.client());
  }

  /** The run as it is by now: one that was reset goes on as another. */
  WorkflowStub run() {
    return stage.service.client().newUntypedWorkflowStub(id);
  }

  WorkflowExecution execution() {
    return run().describe().getExecution();
  }

  private boolean isAt(FailbackStep step) {
    Progress progress = run().query("progress", Progress.class);
    return progress.headline().startsWith("waits for an approval")
        && progress.steps().stream()
            .anyMatch(one -> one.step().equals(step.name()) && one.state().equals("running"));
  }

  /** Approves what takes data away. */
  void approveHealing() {
    Soon.soon("its first plan waits", () -> isAt(FailbackStep.APPROVE_RESILVER));
    approve();
  }

  /** Until it is healed, and its move is to be approved. */
  void awaitPlanOfMove() {
    Soon.within(UNTIL_IT_IS_HEALED, "its move waits", () -> isAt(FailbackStep.APPROVE));
  }

  void approve() {
    decide("approve", run().query("plan", Plan.class).digest());
  }

  /** Says no to the plan that is waited for. */
  void reject() {
    decide("reject", "");
  }

  private void decide(String word, String digest) {
    run()
        .update(
            "decide",
            String.class,
            Typed.json(
                String.format(
                    "{'decision':'%s','by':'bob','reason':'looked at','digest':'%s'}",
                    word, digest)));
  }

  /** A reset may let the run forget an approval, or give it that once more. */
  void approveAgainWhereItAsks() {
    Soon.soon("it goes on", () -> isOver() || isAt(FailbackStep.APPROVE));
    if (!isOver()) {
      approve();
    }
  }

  private boolean isOver() {
    return run().describe().getStatus()
        != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  RoleChangeResult result() {
    return run().getResult(RoleChangeResult.class);
  }
}
