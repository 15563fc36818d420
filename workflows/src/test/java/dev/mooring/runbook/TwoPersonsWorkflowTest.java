package dev.mooring.runbook;

import static dev.mooring.runbook.ApprovalSigner.ANNA;
import static dev.mooring.runbook.ApprovalSigner.APPROVERS;
import static dev.mooring.runbook.ApprovalSigner.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.fake.FakeMembers;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.failover.FailoverStep;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster file asks for two persons, for one runbook or another. */
class TwoPersonsWorkflowTest {
  private static final String ID = "run";
  private static final String AUTOMATIC = "failover: {automatic: {}}\n";

  private TestBed bed = with("persons: {switchover: 2}");
  private FakeMembers members = bed.world().members();

  private static TestBed with(String approvals) {
    return of("approvals: {" + approvals + "}\n");
  }

  private static TestBed of(String sections) {
    return new TestBed(Strait.cluster("endpoints:", sections + "endpoints:"));
  }

  private void settles(TestBed another) {
    bed.close();
    bed = another;
    members = bed.world().members();
  }

  @AfterEach
  void close() {
    assertThat(members.twoWriters()).isEmpty();
    bed.close();
  }

  private WorkflowStub begin(String type, String more) {
    WorkflowStub run = bed.client().newUntypedWorkflowStub(type, options());
    run.start(Typed.json("{'cluster':'strait','mode':'execute'," + more + "}"));
    return run;
  }

  private static WorkflowOptions options() {
    return TestBed.options(ID).toBuilder().setWorkflowRunTimeout(Duration.ofDays(4)).build();
  }

  private Ended ended(String type, String more) {
    return TestBed.ended(() -> result(begin(type, more)));
  }

  private JsonNode result(WorkflowStub run) {
    try {
      return bed.awaiting(ID, () -> run.getResult(JsonNode.class));
    } finally {
      bed.closeChildren();
    }
  }

  private static void approve(WorkflowStub run, String by) {
    String digest = run.query("plan", Plan.class).digest();
    String decision = "{'decision':'approve','digest':'%s','by':'%s','reason':'seen'}";
    run.update("decide", String.class, Typed.json(decision.formatted(digest, by)));
  }

  private static void refused(WorkflowStub run, String by) {
    assertThatThrownBy(() -> approve(run, by))
        .hasStackTraceContaining("another person must approve it");
  }

  @Test
  void only_the_first_of_two_persons_may_begin_again_with_a_digest() {
    WorkflowStub run = begin("Switchover", "'to':'west-0','by':'alice'");
    bed.until(ID, "by 2 persons other than alice");
    assertThatThrownBy(() -> approve(run, "Alice"))
        .hasStackTraceContaining("; or start it with the digest of a plan");
    approve(run, "bob");
    bed.until(ID, "by a second person");
    assertThatThrownBy(() -> approve(run, "bob"))
        .satisfies(e -> assertThat(e.getCause()).hasMessageNotContaining("; or start it"));
  }

  private void standsFor(String type) {
    switch (type) {
      case "Failover", "StartPrimary" -> members.kill("east-0");
      case "Resilver", "ReplicationSetup" -> {
        members.kill("west-0");
        bed.world().directories().lose("west-0");
      }
      default -> {}
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "Switchover,       switchover,       'to':'west-0'",
        "Failover,         failover,         'to':'west-0'",
        "Failback,         failback,         'to':'west'",
        "Resilver,         resilver,         'reason':'its disk'",
        "StartPrimary,     startPrimary,     'reason':'its rack'",
        "ReplicationSetup, replicationSetup, \"'act':'remove','instances':'west-0'\"",
      })
  void two_signatures_approve_each_act_of_a_runbook(String type, String setting, String request) {
    settles(of(APPROVERS + "approvals: {persons: {" + setting + ": 2}}\n"));
    standsFor(type);
    WorkflowStub run = begin(type, request + ",'by':'alice'");
    bed.until(ID, "by 2 persons other than alice");
    sign(run, ANNA);
    bed.until(ID, "by a second person");
    sign(run, BOB);
    assertThat(result(run).path("outcome").asText()).isEqualTo("Completed");
  }

  private void sign(WorkflowStub run, ApprovalSigner person) {
    String plan = run.query("plan", Plan.class).digest();
    Instant now = Instant.ofEpochMilli(bed.temporal().currentTimeMillis());
    run.update(
        "decide",
        String.class,
        Typed.json(person.approve(ID, run.getExecution().getRunId(), plan, now)));
  }

  /** One person alone is a word of the request, which is signed. */
  @Test
  void one_signature_approves_a_failover_that_overrides_the_second_person() {
    settles(of(APPROVERS + "approvals: {persons: {failover: 2}}\n"));
    standsFor("Failover");
    WorkflowStub run =
        begin(
            "Failover",
            "'to':'west-0','by':'alice','reason':'alone on call','overrides':'second-person'");
    bed.until(ID, "waits for a signed approval");
    sign(run, ANNA);
    assertThat(result(run).path("outcome").asText()).isEqualTo("Completed");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "Switchover,       switchover,       'to':'west-0'",
        "Failover,         failover,         'to':'west-0'",
        "Failback,         failback,         'to':'west'",
        "Resilver,         resilver,         'reason':'its disk'",
        "StartPrimary,     startPrimary,     'reason':'its rack'",
        "ReplicationSetup, replicationSetup, \"'act':'remove','instances':'west-0'\"",
      })
  void two_persons_beside_the_requester_approve_a_runbook_that_the_file_names(
      String type, String setting, String request) {
    settles(with("persons: {" + setting + ": 2}"));
    standsFor(type);
    WorkflowStub run = begin(type, request + ",'by':'alice'");
    bed.until(ID, "by 2 persons other than alice");
    refused(run, "alice");
    approve(run, "bob");
    bed.until(ID, "by a second person other than alice, bob; approved by bob");
    refused(run, "bob");
    refused(run, " Bob");
    approve(run, "carol");
    assertThat(result(run).path("outcome").asText()).isEqualTo("Completed");
    assertThat(bed.world().lastReceipt().decisions())
        .extracting(DecisionRecord::by)
        .containsExactly("bob", "carol");
  }

  @Test
  void who_brings_the_digest_is_one_of_them_and_the_other_is_waited_for_without_the_locks() {
    WorkflowStub run = bed.client().newUntypedWorkflowStub("Switchover", TestBed.options(ID));
    run.start(Typed.json("{'cluster':'strait','mode':'plan','to':'west-0'}"));
    String digest = result(run).path("digest").asText();
    run = begin("Switchover", "'to':'west-0','by':'alice','digest':'" + digest + "'");
    bed.until(ID, "by a second person other than alice; approved by alice");
    assertThat(run.query("progress", Progress.class).steps())
        .filteredOn(step -> step.state().equals("running"))
        .extracting(Progress.StepProgress::step)
        .as("the step before LOCK")
        .containsExactly("APPROVE");
    refused(run, "alice");
    approve(run, "bob");
    assertThat(result(run).path("outcome").asText()).isEqualTo("Completed");
  }

  @Test
  void a_second_person_who_does_not_come_ends_it() {
    WorkflowStub run = begin("Switchover", "'to':'west-0','by':'alice'");
    bed.until(ID, "by 2 persons");
    approve(run, "bob");
    Ended ended = TestBed.ended(() -> result(run));
    assertThat(ended.record().code()).isEqualTo("APPROVAL_EXPIRED");
    assertThat(ended.message()).contains("no second person approved plan");
  }

  /** Nothing is resilvered for a move that no approver may sign. */
  @Test
  void a_failback_that_too_few_may_sign_is_refused_before_it_resilvers() {
    settles(of(ApprovalSigner.APPROVERS + "approvals: {persons: {failback: 2}}\n"));
    members.kill("west-0");
    Ended ended = ended("Failback", "'to':'west','by':'anna'");
    assertThat(ended.record().code()).isEqualTo("NOT_APPROVED");
    assertThat(ended.message())
        .contains("needs the signatures of 2 approvers other than anna", "--digest ");
    assertThat(members.followersOf("east-0")).containsExactly("east-1");
  }

  @Test
  void a_failover_that_no_other_may_sign_watches_and_shows_that() {
    settles(of(ApprovalSigner.ONLY_ANNA + AUTOMATIC));
    WorkflowStub run = begin("Failover", "'when':'primary-down','by':'anna'");
    bed.until(ID, FailoverStep.WATCH.sentence());
    assertThat(run.query("progress", Progress.class).steps())
        .filteredOn(step -> step.step().equals("APPROVE"))
        .extracting(Progress.StepProgress::note)
        .singleElement()
        .asString()
        .contains("1 approver other than anna, and the approvers are anna: another person must");
  }
}
