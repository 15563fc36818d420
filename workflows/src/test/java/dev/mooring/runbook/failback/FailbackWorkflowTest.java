package dev.mooring.runbook.failback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.contract.Limit;
import dev.mooring.evidence.Receipt.DecisionRecord;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.ApprovalSigner;
import dev.mooring.runbook.Plan;
import dev.mooring.runbook.Step;
import dev.mooring.runbook.Typed;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.runbook.resilver.ResilverStep;
import dev.mooring.runbook.switchover.SwitchoverStep;
import dev.mooring.topology.SiteName;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The old side is healed, and the primary goes back to it. */
class FailbackWorkflowTest {
  private static final String SECOND = "waits for an approval";
  private static final String SIGNATURE = "waits for a signed approval";

  private final FailbackBed strait = new FailbackBed();

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private static boolean isOf(FailbackStep step, Called call) {
    return call.step().equals(step.name()) && !call.method().startsWith("revert");
  }

  @Test
  void every_step_of_a_resilver_and_of_a_switchover_is_one_of_a_failback() {
    assertThat(ResilverStep.values())
        .filteredOn(step -> step != ResilverStep.RESOLVE)
        .allSatisfy(step -> assertThat(declaredAs(step).sentence()).isEqualTo(step.sentence()));
    assertThat(SwitchoverStep.values())
        .filteredOn(step -> step != SwitchoverStep.RESOLVE)
        .allSatisfy(step -> assertThat(declaredAs(step).verb()).isEqualTo(step.verb()));
  }

  private static FailbackStep declaredAs(Step step) {
    return Stream.of(FailbackStep.values()).filter(own -> own.is(step)).findFirst().orElseThrow();
  }

  @Test
  void a_plan_says_what_is_healed_and_what_moves_then_and_changes_nothing() {
    strait.lostWest();
    RoleChangeResult plan = strait.run(FailbackBed.TO_WEST);
    assertThat(plan.outcome()).isEqualTo("planned");
    assertThat(plan.headline())
        .isEqualTo(
            "west-0 by BASE_BACKUP; once it has caught up, the move to west-0 gets a plan and an"
                + " approval of its own: what concerns them, except the host of west-0, can't be"
                + " judged before, and nothing else blocks it now");
    assertThat(plan.checks()).isNotEmpty();
    assertThat(strait.bed.faults().calls())
        .extracting(Called::method)
        .filteredOn(method -> method.startsWith("ensure"))
        .containsExactly("ensureCheckpointed", "ensureReceipt");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }

  @Test
  void it_heals_waits_without_a_lock_and_moves_once_the_second_plan_is_approved() {
    strait.lostWest().begin(SECOND);
    assertThat(strait.world().members().followersOf("east-0")).contains("west-0");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    assertThat(isOpen("east")).isFalse();
    assertThat(isOpen("west")).isFalse();
    strait.approve();
    RoleChangeResult result = strait.result();
    assertThat(result.headline()).startsWith("west-0 is the primary, east-0 follows it");
    strait.stands("west-0");
    assertThat(result.proof())
        .flatExtracting(proof -> proof.facts())
        .extracting(fact -> fact.name() + " " + fact.value())
        .anyMatch(fact -> fact.startsWith("method BASE_BACKUP"))
        .contains("state shut down", "timeline 2", "refused_at_east-0 25006");
    assertThat(strait.world().lastReceipt().run().runbook()).isEqualTo("Failback");
    assertThat(strait.world().lastReceipt().decisions())
        .extracting(DecisionRecord::decision, DecisionRecord::by)
        .containsExactly(tuple("approve", "alice"), tuple("approve", "bob"));
  }

  @Test
  void who_brings_the_digest_may_sign_both_plans() throws InterruptedException {
    String listed = ApprovalSigner.ONLY_ANNA + "endpoints:";
    try (FailbackBed signed = new FailbackBed(Strait.cluster("endpoints:", listed)).lostWest()) {
      String both = signed.run(FailbackBed.TO_WEST).digest();
      signed.start(FailbackBed.executing(both).replace("alice", "anna"));
      signed.until(SIGNATURE);
      assertThat(signed.digest()).isEqualTo(both);
      signed.sign(ApprovalSigner.ANNA);
      assertThat(
              Limit.reached(
                  30, () -> signed.says().contains(SIGNATURE) && !signed.digest().equals(both)))
          .as(signed.says())
          .isTrue();
      signed.sign(ApprovalSigner.ANNA);
      assertThat(signed.result().outcome()).isEqualTo("Completed");
      signed.stands("west-0");
    }
  }

  @Test
  void of_a_team_of_two_both_may_approve_both_plans() {
    String two = "approvals: {persons: {failback: 2}}\nendpoints:";
    try (FailbackBed team = new FailbackBed(Strait.cluster("endpoints:", two)).lostWest()) {
      String both = team.run(FailbackBed.TO_WEST).digest();
      team.start(FailbackBed.executing(both));
      team.until("by a second person other than alice");
      team.approve();
      team.until("by 2 persons");
      team.approve("alice");
      team.until("by a second person other than alice");
      team.approve();
      assertThat(team.result().outcome()).isEqualTo("Completed");
      team.stands("west-0");
    }
  }

  private boolean isOpen(String site) {
    return strait
            .bed
            .client()
            .newUntypedWorkflowStub(LockWorkflow.idOf(strait.world().cluster().name(), site(site)))
            .describe()
            .getStatus()
        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  private static SiteName site(String name) {
    return new SiteName(name);
  }

  @Test
  void a_plan_that_heals_nothing_shows_the_checkpoint_of_its_look_too() {
    strait.run(FailbackBed.TO_WEST);
    assertThat(strait.open().query("plan", Plan.class).measured())
        .extracting(Fact::name)
        .contains("checkpoint")
        .doesNotContain("east-0 holds");
  }

  @Test
  void where_nothing_is_to_be_healed_one_approval_is_enough() {
    String digest = strait.run(FailbackBed.TO_WEST).digest();
    assertThat(strait.run(FailbackBed.executing(digest)).outcome()).isEqualTo("Completed");
    strait.stands("west-0");
    assertThat(strait.world().lastReceipt().plans())
        .singleElement()
        .satisfies(
            plan -> assertThat(plan.measured()).extracting(Fact::name).contains("checkpoint"));
  }

  @Test
  void the_digest_that_heals_does_not_move() {
    strait.lostWest();
    String digest = strait.run(FailbackBed.TO_WEST).digest();
    strait.begin(digest, SECOND);
    assertThat(strait.digest()).isNotEqualTo(digest);
    assertThat(strait.open().query("plan", Plan.class).measured())
        .filteredOn(fact -> fact.name().equals("approval"))
        .singleElement()
        .matches(fact -> fact.value().startsWith("none yet: a run waits for `mooring approve`"));
    strait.decide("reject", "");
    Ended ended = strait.ended();
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("REJECTED");
    assertThat(ended.record().headline())
        .contains("west-0 by BASE_BACKUP: that stays; the primary was not moved");
    strait.stands("east-0");
  }

  @Test
  void it_is_abandoned_while_they_catch_up() {
    strait.lostWest();
    strait.bed.faults().plan(call -> call.step().equals("CATCH_UP"), Fault.FAILS);
    strait.begin("CATCH_UP can't go on");
    strait.decide("roll-back", "");
    Ended ended = strait.ended();
    assertThat(ended.type()).isEqualTo("RolledBack");
    strait.stands("east-0");
  }

  @Test
  void what_changes_after_the_second_approval_is_refused_and_the_healed_stay_healed() {
    strait
        .bed
        .faults()
        .before(
            call -> call.step().equals("OBSERVE_AGAIN"),
            () -> strait.world().members().kill("east-1"));
    strait.lostWest().begin(SECOND);
    strait.approve();
    Ended ended = strait.ended();
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("PLAN_CHANGED");
    assertThat(ended.record().headline()).contains("was east-1: standby", "that stays");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    assertThat(strait.world().members().followersOf("east-0")).contains("west-0");
  }

  /** A stop reaches the locks too, which are children of the run. */
  @Test
  void the_way_back_of_a_run_that_was_stopped_is_taken_under_its_locks() {
    strait.lostWest();
    String digest = strait.run(FailbackBed.TO_WEST).digest();
    AtomicBoolean locked = new AtomicBoolean();
    CountDownLatch undoing = new CountDownLatch(1);
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("awaitCopied"),
            () -> {
              strait
                  .open()
                  .signal(
                      "decideBySignal",
                      Typed.json("{'decision':'roll-back','by':'bob','reason':'no'}"));
              TestBed.awaitOver(undoing);
            });
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("revertCopying"),
            () -> {
              locked.set(isOpen("east"));
              undoing.countDown();
            });
    Ended ended = TestBed.ended(() -> strait.run(FailbackBed.executing(digest)));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(locked).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = FailbackStep.class,
      names = {"REPLACE", "START", "RESILVERED", "ROUTE", "REJOIN", "STREAMING", "VERIFY"})
  void a_step_that_must_go_on_holds_until_it_is_fixed(FailbackStep step) {
    strait.lostWest();
    strait.bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    boolean resilvers = step.compareTo(FailbackStep.CHECK) < 0;
    strait.begin(resilvers ? step + " can't go on" : SECOND);
    if (resilvers) {
      strait.bed.faults().mend();
      strait.decide("retry", "");
      strait.until(SECOND);
      strait.approve();
    } else {
      strait.approve();
      strait.until(step + " can't go on");
      strait.bed.faults().mend();
      strait.decide("retry", "");
    }
    assertThat(strait.result().outcome()).isEqualTo("Completed");
    strait.stands("west-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = FailbackStep.class,
      names = {"PREPARE_SLOTS", "PREPARE_ENDPOINTS", "PAUSE", "HAND_OVER", "TAKE_OVER"})
  void a_step_of_the_move_that_fails_is_taken_back_and_the_healed_stay_healed(FailbackStep step) {
    strait.lostWest();
    strait.bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    strait.begin(SECOND);
    strait.approve();
    Ended ended = strait.ended();
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline()).contains("that stays; the primary was not moved");
    strait.stands("east-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void a_step_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    strait.lostWest();
    strait
        .bed
        .faults()
        .plan(call -> !call.step().equals("OBSERVE") && !call.step().equals("CHECK"), fault);
    strait.begin(SECOND);
    strait.approve();
    assertThat(strait.result().outcome()).isEqualTo("Completed");
    strait.stands("west-0");
  }

  @ParameterizedTest
  @CsvSource({
    "east, east-0 is the primary already",
    "east-0, is the primary already",
    "north, is neither a site nor a member"
  })
  void a_place_that_is_none_is_refused(String to, String words) {
    Ended ended = TestBed.ended(() -> strait.run(FailbackBed.TO_WEST.replace("west", to)));
    assertThat(ended.type()).isEqualTo("Refused");
    assertThat(ended.record().code()).isEqualTo("BAD_INPUT");
    assertThat(ended.record().headline()).contains(words);
  }
}
