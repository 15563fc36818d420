package dev.mooring.runbook.switchover;

import static dev.mooring.runbook.ApprovalSigner.ANNA;
import static dev.mooring.runbook.ApprovalSigner.APPROVERS;
import static dev.mooring.runbook.ApprovalSigner.BOB;
import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static dev.mooring.runbook.switchover.SwitchoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.Decision.Word;
import dev.mooring.runbook.Plan;
import io.temporal.client.WorkflowStub;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An attested loss lets the old primary write again, so it is authorised as an approval is. */
class AttestedRollBackTest {
  private static final String LOST = "west-0 is lost: its power was cut";

  private SwitchoverBed strait = with("{persons: {switchover: 2}}");

  private static SwitchoverBed with(String approvals) {
    return new SwitchoverBed(
        Strait.cluster("endpoints:", APPROVERS + "approvals: " + approvals + "\nendpoints:"));
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private Instant now() {
    return Instant.ofEpochMilli(strait.bed.temporal().currentTimeMillis());
  }

  private static String attests(String by) {
    return String.format("{'decision':'roll-back','by':'%s','reason':'%s'}", by, LOST);
  }

  private String signed(ApprovalSigner person, WorkflowStub run, String step) {
    return person.attest("switchover", run.getExecution().getRunId(), step, LOST, now());
  }

  private void approve(ApprovalSigner person, WorkflowStub run) throws Exception {
    String plan = run.query("plan", Plan.class).digest();
    decide(run, person.approve("switchover", run.getExecution().getRunId(), plan, now()));
  }

  /** West's host goes away in the very act that would promote there. */
  private WorkflowStub held() throws Exception {
    strait.before("ensureTakenOver", () -> strait.world().trouble().hostAnswers("w0", false));
    WorkflowStub run =
        strait.startInRealTime(
            TO_WEST.replace("}", ",'mode':'execute','by':'carol'}"),
            says -> says.startsWith("waits for"));
    approve(ANNA, run);
    approve(BOB, run);
    strait.until(strait::headline, says -> says.contains("can't go on"));
    return run;
  }

  private void refused(WorkflowStub run, String decision, String because) {
    assertThatThrownBy(() -> decide(run, decision)).hasStackTraceContaining(because);
    assertThat(strait.world().members().writers()).isEmpty();
  }

  @Test
  void it_needs_the_signatures_of_as_many_persons_as_an_approval() throws Exception {
    WorkflowStub run = held();
    assertThat(strait.headline())
        .contains("`mooring roll-back switchover --reason WHY --by NAME --key FILE` by 2 persons");
    refused(run, attests("anna"), "an attested roll-back must be signed by one of anna, bob");
    refused(run, signed(ANNA, run, "FENCE"), "the signature is not anna's of step TAKE_OVER");
    assertThat(decide(run, signed(ANNA, run, "TAKE_OVER")))
        .endsWith(" attested; another person must attest it too");
    refused(run, signed(ANNA, run, "TAKE_OVER"), "anna attested it already");
    decide(run, signed(BOB, run, "TAKE_OVER"));
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    assertThat(strait.world().lastReceipt().decisions())
        .filteredOn(one -> one.decision().equals("roll-back"))
        .allSatisfy(one -> assertThat(one.signed()).hasSize(1))
        .extracting(DecisionRecord::by)
        .containsExactly("anna", "bob");
  }

  /** What was attested before the step was retried is not known any more. */
  @Test
  void a_loss_is_attested_anew_after_a_retry() throws Exception {
    WorkflowStub run = held();
    decide(run, signed(ANNA, run, "TAKE_OVER"));
    decide(run, "{'decision':'retry','by':'bob'}");
    strait.until(strait::headline, says -> says.contains("can't go on"));
    assertThat(decide(run, signed(BOB, run, "TAKE_OVER"))).endsWith("must attest it too");
    decide(run, signed(ANNA, run, "TAKE_OVER"));
    assertThat(TestBed.ended(() -> strait.result(run)).type()).isEqualTo("RolledBack");
  }

  @Test
  void these_decisions_can_give_a_second_writer_or_discard_data() {
    assertThat(Stream.of(Word.values()).filter(word -> word.needsAuthority(false)))
        .containsExactly(Word.APPROVE);
    assertThat(Stream.of(Word.values()).filter(word -> word.needsAuthority(true)))
        .containsExactly(Word.APPROVE, Word.ROLL_BACK);
  }
}
