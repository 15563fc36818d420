package dev.mooring.runbook.switchover;

import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static dev.mooring.runbook.switchover.SwitchoverBed.approved;
import static dev.mooring.runbook.switchover.SwitchoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.FakeRuns;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.topology.SiteName;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowStub;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a plan says of runs that are under way, and of who approves it. */
class SwitchoverOtherRunsTest {
  private static final String EAST = "east lock";
  private static final String WEST = "west lock";
  private static final String APPROVAL = "approval";
  private static final String EXECUTE = TO_WEST.replace("}", ",'mode':'execute','by':'alice'}");

  private final SwitchoverBed strait = new SwitchoverBed(Strait.cluster());

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private static List<CheckRow> ofRuns(RoleChangeResult result) {
    return result.checks().stream()
        .filter(row -> List.of(EAST, WEST, APPROVAL).contains(row.title()))
        .toList();
  }

  private static CheckRow row(RoleChangeResult result, String title) {
    return ofRuns(result).stream().filter(row -> row.title().equals(title)).findFirst().get();
  }

  /** Another run has the lock of west: the server refuses it, and its holder is seen. */
  private void heldByAnother(String runbook) {
    String lock = LockWorkflow.idOf(strait.world().cluster().name(), new SiteName("west"));
    FakeRuns runs = strait.world().runs();
    String run = runs.open(strait.world().cluster().name(), "tuesday", runbook);
    Holder holder = new Holder("tuesday", run, runbook);
    WorkflowClient.start(
        strait.bed.client().newWorkflowStub(LockWorkflow.class, TestBed.options(lock))::hold,
        holder);
    runs.lock(lock, holder);
  }

  @Test
  void a_run_that_has_a_lock_is_told_in_the_plan_and_refuses_the_move() {
    String digest = strait.run(TO_WEST).digest();
    heldByAnother("Resilver");
    RoleChangeResult plan = strait.run(TO_WEST);
    assertThat(plan.outcome()).isEqualTo(Plan.PLANNED);
    assertThat(row(plan, EAST).verdict()).isEqualTo(Judged.GOOD);
    assertThat(row(plan, WEST))
        .isEqualTo(
            new CheckRow(
                "lock",
                "west",
                "Resilver (workflow tuesday)",
                "no other run that is open",
                Judged.WARNING,
                "",
                "`mooring follow tuesday` shows it: while it is open, LOCK refuses a move"
                    + " (LOCK_HELD)"));
    assertThat(plan.digest()).as("who holds a lock now is no part of it").isEqualTo(digest);

    heldByAnother("Resilver");
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.record().code()).isEqualTo("LOCK_HELD");
    assertThat(ended.record().headline()).contains("`mooring follow tuesday` shows it");
    strait.allFollow("east-0");
  }

  @Test
  void a_lock_that_nobody_looked_at_is_told_so_and_taken_for_free_by_nobody() {
    strait.bed.faults().plan(call -> call.method().equals("observeLock"), Fault.FAILS);
    RoleChangeResult plan = strait.run(TO_WEST);
    assertThat(ofRuns(plan).subList(0, 2))
        .allMatch(row -> row.verdict() == Judged.WARNING)
        .extracting(CheckRow::seen)
        .containsOnly("unknown: it could not be done");
  }

  @Test
  void under_the_locks_they_are_this_runs_own_and_the_plan_is_approved() {
    RoleChangeResult result = strait.execute(TO_WEST);
    assertThat(ofRuns(result)).allMatch(row -> row.verdict() == Judged.GOOD);
    assertThat(ofRuns(result))
        .extracting(CheckRow::seen)
        .containsExactly("this run", "this run", "by alice");
  }

  /** As it was approved, with what was seen when it was looked at last. */
  @Test
  void the_plan_stands_in_the_receipt() {
    String digest = strait.execute(TO_WEST).digest();
    Receipt receipt = strait.world().lastReceipt();
    assertThat(receipt.plans()).extracting(Receipt.PlanRecord::digest).containsExactly(digest);
    Receipt.PlanRecord plan = receipt.plans().get(0);
    assertThat(plan.objects()).anyMatch(object -> object.startsWith("west-0: standby, system "));
    assertThat(plan.steps()).hasSize(SwitchoverStep.values().length);
    assertThat(plan.measured())
        .contains(new Fact(APPROVAL, "by alice; must be there: good", true))
        .contains(new Fact(EAST, "this run; must be this run: good", true));
  }

  @Test
  void a_lock_that_was_lost_since_it_was_taken_refuses_the_move() {
    String digest = strait.run(TO_WEST).digest();
    strait.before("observeLock", strait.bed::closeChildren);
    Ended ended = strait.ended(approved(TO_WEST, digest));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("PREFLIGHT");
    assertThat(ended.record().headline()).contains(EAST + ": no run, must be this run");
    strait.allFollow("east-0");
  }

  @Test
  void a_run_that_waits_says_for_whose_approval_and_then_who_gave_it() throws Exception {
    WorkflowStub run =
        strait.startInRealTime(EXECUTE, headline -> headline.startsWith("waits for an approval"));
    Plan plan = run.query("plan", Plan.class);
    assertThat(plan.byHand())
        .first()
        .asString()
        .matches("of what was observed at .*Z; from .*Z on plan it anew");
    assertThat(plan.measured())
        .contains(
            new Fact(
                APPROVAL,
                "none yet: a run waits for `mooring approve`, at most 1 d; must be by one person"
                    + " other than alice, or by its digest in the request: good",
                true));
    decide(run, "{'decision':'approve','by':'bob','digest':'" + plan.digest() + "'}");
    RoleChangeResult result = strait.result(run);
    strait.bed.closeChildren();
    assertThat(row(result, APPROVAL).seen()).isEqualTo("by bob");
  }

  @Test
  void the_digest_of_a_plan_is_told_as_its_approval() {
    String digest = strait.run(TO_WEST).digest();
    String planned = TO_WEST.replace("}", ",'by':'alice','digest':'DIGEST'}");
    assertThat(row(strait.run(planned.replace("DIGEST", digest)), APPROVAL).seen())
        .isEqualTo("its digest, given by alice");
    assertThat(row(strait.run(planned.replace("DIGEST", "77e0a1b2")), APPROVAL))
        .extracting(CheckRow::seen, CheckRow::verdict)
        .containsExactly("the digest of plan 77e0a1b2", Judged.WARNING);
  }
}
