package dev.mooring.runbook.switchover;

import static dev.mooring.runbook.ApprovalSigner.ANNA;
import static dev.mooring.runbook.ApprovalSigner.APPROVERS;
import static dev.mooring.runbook.ApprovalSigner.BOB;
import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static dev.mooring.runbook.switchover.SwitchoverBed.approved;
import static dev.mooring.runbook.switchover.SwitchoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Progress;
import dev.mooring.runbook.Typed;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Approvals of a cluster that lists approvers. */
class SignedApprovalWorkflowTest {
  private static final String PLAN_BY_ANNA = TO_WEST.replace("}", ",'by':'anna'}");
  private static final String BY_ANNA = PLAN_BY_ANNA.replace("}", ",'mode':'execute'}");
  private static final String WAITS = "waits for a signed approval";

  private SwitchoverBed strait = with("");

  private static SwitchoverBed with(String approvals) {
    return new SwitchoverBed(Strait.cluster("endpoints:", APPROVERS + approvals + "endpoints:"));
  }

  private void approvals(String approvals) {
    strait.close();
    strait = with("approvals: " + approvals + "\n");
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private WorkflowStub waiting(String request) throws InterruptedException {
    return strait.startInRealTime(request, says -> says.startsWith(WAITS));
  }

  private Instant now() {
    return Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
  }

  private static String plan(WorkflowStub run) {
    return run.query("plan", Plan.class).digest();
  }

  private String signed(ApprovalSigner person, WorkflowStub run) {
    return signed(person, run, plan(run), now());
  }

  private static String signed(ApprovalSigner person, WorkflowStub run, String plan, Instant at) {
    return person.approve("switchover", run.getExecution().getRunId(), plan, at);
  }

  private static String unsigned(String by, WorkflowStub run) {
    return String.format(
        "{'decision':'approve','by':'%s','reason':'seen','digest':'%s'}", by, plan(run));
  }

  private void refused(WorkflowStub run, String decision, String because) {
    assertThatThrownBy(() -> decide(run, decision)).hasStackTraceContaining(because);
    assertThat(strait.headline()).startsWith(WAITS);
  }

  @Test
  void the_signature_of_another_person_approves_and_is_in_the_receipt() throws Exception {
    WorkflowStub run = waiting(BY_ANNA);
    refused(run, unsigned("bob", run), "must be signed by one of anna, bob");
    refused(run, signed(ANNA, run), "another person must approve it");
    refused(run, signed(BOB, run, plan(run), now().minus(Duration.ofDays(2))), "was signed at");
    String other = "0196f3b0-0000-7000-8000-000000000000";
    refused(run, BOB.approve("switchover", other, plan(run), now()), "is not bob's");
    refused(run, signed(BOB, run, "4f2a91c0", now()), "binds to the digest");
    String decision = signed(BOB, run);
    assertThat(decide(run, decision)).startsWith("approve, as bob (signed with key ");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    DecisionRecord record = strait.world().lastReceipt().decisions().get(0);
    assertThat(record.by()).isEqualTo("bob");
    assertThat(record.unsigned()).isFalse();
    assertThat(decision).contains(record.signed().get(0).signature());
  }

  @Test
  void a_plan_that_no_other_approver_can_sign_is_refused_at_once() {
    strait.close();
    strait =
        new SwitchoverBed(Strait.cluster("endpoints:", ApprovalSigner.ONLY_ANNA + "endpoints:"));
    Ended ended = strait.ended(BY_ANNA);
    assertThat(ended.record().code()).isEqualTo("NOT_APPROVED");
    assertThat(ended.message())
        .contains("of 1 approver other than anna, and the approvers are anna", "--digest ");
  }

  @Test
  void an_unsigned_signal_is_shown_as_refused() throws Exception {
    WorkflowStub run = waiting(BY_ANNA);
    run.signal("decideBySignal", Typed.json(unsigned("bob", run)));
    assertThat(strait.headline()).contains("a decision was refused: an approval must be signed");
    run.signal("decideBySignal", Typed.json(signed(BOB, run)));
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
  }

  /** She typed the digest after she read that plan, so her signature is enough. */
  @Test
  void a_digest_in_the_request_pins_the_plan_and_waits_for_a_signature_without_the_locks()
      throws Exception {
    Ended ended = strait.ended(approved(PLAN_BY_ANNA, "4f2a91c0"));
    assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
    String digest = strait.run(TO_WEST).digest();
    WorkflowStub run = waiting(approved(PLAN_BY_ANNA, digest));
    assertThat(run.query("progress", Progress.class).steps())
        .filteredOn(step -> step.state().equals("running"))
        .extracting(Progress.StepProgress::step)
        .as("the step before LOCK")
        .containsExactly("APPROVE");
    refused(run, unsigned("anna", run), "must be signed by one of anna, bob");
    decide(run, signed(ANNA, run));
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::byWithSignature)
        .singleElement()
        .asString()
        .startsWith("anna (signed with key ");
  }

  @Test
  void an_unsigned_approval_is_marked_where_the_file_allows_it() {
    approvals("{unsigned: allow}");
    assertThat(strait.execute(TO_WEST).outcome()).isEqualTo("Completed");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::byWithSignature)
        .containsExactly("alice (unsigned)");
  }
}
