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
import io.temporal.client.WorkflowStub;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every step of a Switchover fails, is repeated, or loses its answer. */
class SwitchoverFaultSweepTest {
  private static final String DETACHING = TO_WEST.replace("}", ",'detach':'east-1'}");

  private final SwitchoverBed strait = new SwitchoverBed(Strait.synchronous());
  private String request = "";

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
      names = {"APPROVE", "LOCK", "FOLLOW", "CLEAN_UP"})
  void a_step_that_fails_takes_the_way_back_or_holds(SwitchoverStep step) throws Exception {
    strait.bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    if (step.verb() == StepVerb.FORWARD) {
      WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
      assertThat(strait.world().members().writers()).containsExactly("west-0");
      strait.bed.faults().mend();
      decide(run, "{'decision':'retry','by':'bob','reason':'mended'}");
      assertThat(run.getResult(SwitchoverResult.class).outcome()).isEqualTo("Completed");
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
    strait.bed.faults().plan(call -> call.method().startsWith("revert"), fault);
    assertThat(strait.ended(request).type()).isEqualTo("RolledBack");
    strait.allFollow("east-0");
    aNewRunIsSafe();
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
