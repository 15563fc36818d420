package dev.mooring.runbook.switchover;

import static dev.mooring.runbook.switchover.SwitchoverBed.TO_WEST;
import static dev.mooring.runbook.switchover.SwitchoverBed.approved;
import static dev.mooring.runbook.switchover.SwitchoverBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.runbook.StepVerb;
import dev.mooring.runbook.checks.RoleChangeResult;
import dev.mooring.topology.Cluster;
import io.temporal.client.WorkflowStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every step of a Switchover fails, is repeated, or loses its answer. */
class SwitchoverFaultSweepTest {
  private static final String DETACHING = TO_WEST.replace("}", ",'detach':'east-1'}");

  private final SwitchoverBed strait = new SwitchoverBed(cluster());
  private String request = "";

  Cluster cluster() {
    return Strait.synchronous();
  }

  @BeforeEach
  void plan() {
    request = approved(DETACHING, strait.run(DETACHING).digest());
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private static boolean isOf(SwitchoverStep step, Called call) {
    return step == SwitchoverStep.RESOLVE
        ? call.method().equals("readCluster")
        : call.step().equals(step.name())
            && !call.method().startsWith("revert")
            // standbys that follow again show the token of that look
            && (step != SwitchoverStep.LAST_LOOK || call.method().startsWith("observe"))
            && (step != SwitchoverStep.DETACH || call.method().equals("ensureDetached"));
  }

  private void aNewRunIsSafe() {
    strait.bed.faults().mend();
    strait.execute(TO_WEST);
    strait.allFollow("west-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = SwitchoverStep.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OBSERVE", "APPROVE", "LOCK", "FOLLOW", "CLEAN_UP"})
  void a_step_that_fails_takes_the_way_back_or_holds(SwitchoverStep step) throws Exception {
    strait.bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    if (step.verb() == StepVerb.FORWARD) {
      WorkflowStub run =
          strait.startInRealTime(request, headline -> headline.contains("can't go on"));
      assertThat(strait.world().members().writers()).containsExactly("west-0");
      strait.bed.faults().mend();
      decide(run, "{'decision':'retry','by':'bob','reason':'fixed'}");
      assertThat(strait.result(run).outcome()).isEqualTo("Completed");
      strait.allFollow("west-0");
    } else {
      Ended ended = strait.ended(request);
      assertThat(ended.type())
          .isEqualTo(
              step == SwitchoverStep.RESOLVE
                  ? "Failed"
                  : step.compareTo(SwitchoverStep.PREPARE_SLOTS) < 0 ? "Refused" : "RolledBack");
      strait.allFollow("east-0");
      aNewRunIsSafe();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void a_step_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    strait.bed.faults().plan(call -> !call.step().equals("OBSERVE"), fault);
    assertThat(strait.run(request).outcome()).isEqualTo("Completed");
    strait.allFollow("west-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = SwitchoverStep.class,
      names = {
        "PREPARE_SLOTS",
        "PREPARE_SYNCHRONOUS",
        "PREPARE_ENDPOINTS",
        "CHECKPOINT",
        "DETACH",
        "PAUSE",
        "HAND_OVER"
      })
  void a_step_whose_outcome_stays_unknown_is_undone(SwitchoverStep step) {
    strait.bed.faults().plan(call -> isOf(step, call), Fault.OUTCOME_UNKNOWN);
    assertThat(strait.ended(request).type()).isEqualTo("RolledBack");
    strait.allFollow("east-0");
    aNewRunIsSafe();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void an_undo_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    strait
        .bed
        .faults()
        .plan(call -> call.method().equals("ensureHandedOver"), Fault.OUTCOME_UNKNOWN);
    strait.bed.faults().plan(SwitchoverFaultSweepTest::takesBack, fault);
    assertThat(strait.ended(request).type()).isEqualTo("RolledBack");
    strait.allFollow("east-0");
    aNewRunIsSafe();
  }

  /** What undoes by the same call that does, too: slots that go, standbys that follow again. */
  private static boolean takesBack(Called call) {
    return call.method().startsWith("revert")
        || call.step().equals("PREPARE_SLOTS")
        || call.step().equals("DETACH");
  }

  /** Slots that stay and standbys that follow no instance are told, and do not block the run. */
  @Test
  void what_can_not_be_taken_back_is_told() {
    strait
        .bed
        .faults()
        .plan(call -> call.method().equals("ensureHandedOver"), Fault.OUTCOME_UNKNOWN);
    strait.before(
        "revertHandedOver",
        () ->
            strait
                .bed
                .faults()
                .plan(
                    call ->
                        call.method().equals("ensureSlots")
                            || call.method().equals("ensureFollowing"),
                    Fault.FAILS));
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().headline())
        .contains("east-1 follows no instance: ", "keep WAL on west-0: ");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = SwitchoverStep.class,
      names = {"FOLLOW", "CLEAN_UP"})
  void what_a_move_can_do_without_is_told_and_holds_nobody_up(SwitchoverStep step) {
    strait.bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    RoleChangeResult result = strait.run(request);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .anyMatch(
            sentence ->
                sentence.contains(
                    step == SwitchoverStep.FOLLOW
                        ? "east-1 does not follow west-0"
                        : "slots on east-0 keep WAL still"));
    assertThat(strait.world().members().writers()).containsExactly("west-0");
  }

  /** For whom commits wait on the new primary is looked at, and stands in the receipt. */
  @Test
  void commits_wait_for_the_old_primary_again() {
    assertThat(strait.run(request).proof())
        .flatExtracting(proof -> proof.facts())
        .extracting(fact -> fact.name() + " " + fact.value())
        .contains("commits_wait_for [east_0, east_1]");
  }

  /** It was promoted, and nobody said so: the run looks and goes on. */
  @Test
  void a_promotion_whose_answer_never_comes_is_seen() {
    strait
        .bed
        .faults()
        .plan(call -> call.method().equals("ensureTakenOver"), Fault.OUTCOME_UNKNOWN);
    assertThat(strait.run(request).outcome()).isEqualTo("Completed");
    strait.allFollow("west-0");
  }
}
