package dev.mooring.starter.temporal;

import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.fake.Strait;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.switchover.SwitchoverBed;
import io.temporal.client.WorkflowStub;
import org.junit.jupiter.api.Test;

class RunApprovalsTest {
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

      assertThat(approvals.text(found, plan, "anna", "seen").orElseThrow().plan()).isEqualTo(plan);
      assertThat(approvals.text(found, "another-plan", "anna", "seen")).isEmpty();
      assertThatThrownBy(() -> approvals.text(found, plan.substring(0, 8), "anna", "seen"))
          .hasMessageContaining("whole digest, 64 characters, got 8 of them");
    }
  }
}
