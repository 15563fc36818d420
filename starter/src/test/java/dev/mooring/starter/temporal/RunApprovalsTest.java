package dev.mooring.starter.temporal;

import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.ApprovalText;
import dev.mooring.evidence.ApprovalText.Decided;
import dev.mooring.fake.Strait;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.switchover.SwitchoverBed;
import io.temporal.client.WorkflowStub;
import org.junit.jupiter.api.Test;

class RunApprovalsTest {
  @Test
  void a_person_who_attests_a_loss_signs_the_step_that_holds() {
    try (SwitchoverBed strait = new SwitchoverBed(Strait.cluster())) {
      strait.before("ensureTakenOver", () -> strait.world().trouble().hostAnswers("w0", false));
      WorkflowStub run =
          strait.start(
              SwitchoverBed.approved(TO_WEST, strait.run(TO_WEST).digest()),
              says -> says.contains("can't go on"));
      RunReference found =
          new RunReference("switchover", run.getExecution().getRunId(), "Switchover");
      assertThat(
              new RunApprovals(TemporalServer.embedded(strait.bed.client()))
                  .ofHeld(found, "anna", "west-0 is lost: burnt"))
          .map(ApprovalText::decided)
          .contains(new Decided("roll-back", "TAKE_OVER"));
      run.signal("decideBySignal", Typed.json("{'decision':'give-up','by':'anna'}"));
    }
  }

  /** A person compares what is typed, so all that is signed is typed. */
  @Test
  void a_person_signs_the_whole_digest_of_the_runs_plan_or_nothing() throws Exception {
    try (SwitchoverBed strait =
        new SwitchoverBed(Strait.cluster("endpoints:", ApprovalSigner.APPROVERS + "endpoints:"))) {
      WorkflowStub run =
          strait.startInRealTime(
              TO_WEST.replace("}", ",'by':'alice','mode':'execute'}"),
              says -> says.startsWith("waits for a signed approval"));
      RunApprovals approvals = new RunApprovals(TemporalServer.embedded(strait.bed.client()));
      RunReference found =
          new RunReference("switchover", run.getExecution().getRunId(), "Switchover");
      String plan = run.query("plan", Plan.class).digest();

      ApprovalText text = approvals.text(found, plan, "anna", "seen").orElseThrow();
      assertThat(text.decided()).isEqualTo(Decided.approval(plan));
      assertThat(approvals.text(found, "another-plan", "anna", "seen")).isEmpty();
      assertThatThrownBy(() -> approvals.text(found, plan.substring(0, 8), "anna", "seen"))
          .hasMessageContaining("whole digest, 64 characters, got 8 of them");
      assertThat(approvals.ofHeld(found, "anna", "seen")).isEmpty();
    }
  }
}
