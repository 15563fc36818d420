package dev.mooring.runbook.failover;

import static dev.mooring.runbook.failover.FailoverBed.OVER;
import static dev.mooring.runbook.failover.FailoverBed.approved;
import static dev.mooring.runbook.failover.FailoverBed.decide;
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

/** Every step of a Failover fails, is repeated, or loses its answer. */
class FailoverFaultSweepTest {

  private final FailoverBed strait = new FailoverBed(cluster());
  private String request = "";

  Cluster cluster() {
    return Strait.synchronous();
  }

  @BeforeEach
  void thePrimaryDies() {
    strait.world().members().kill("east-0");
    request = approved(OVER, strait.run(OVER).digest());
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private static boolean isOf(FailoverStep step, Called call) {
    return step == FailoverStep.RESOLVE
        ? call.method().equals("readCluster")
        : call.step().equals(step.name()) && !call.method().startsWith("revert");
  }

  private void aNewRunIsSafe() {
    strait.bed.faults().mend();
    assertThat(strait.execute(OVER).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }

  @ParameterizedTest
  @EnumSource(
      value = FailoverStep.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {
        "WATCH",
        "APPROVE",
        "LOCK",
        "FENCE",
        "CUT_OFF",
        "FETCH_WAL",
        "PREPARE_SLOTS",
        "FOLLOW",
        "LAST_LOOK"
      })
  void a_step_that_fails_takes_the_way_back_or_holds(FailoverStep step) {
    strait.bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    if (step.verb() == StepVerb.FORWARD) {
      WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
      assertThat(strait.world().members().writers()).containsExactly("west-0");
      strait.bed.faults().mend();
      decide(run, "{'decision':'retry','by':'bob','reason':'fixed'}");
      assertThat(strait.result(run).outcome()).isEqualTo("Completed");
      strait.isPrimary("west-0", "east-1");
    } else {
      Ended ended = strait.ended(request);
      assertThat(ended.type()).isEqualTo(endingOf(step));
      assertThat(strait.world().members().writers()).isEmpty();
      aNewRunIsSafe();
    }
  }

  private static String endingOf(FailoverStep step) {
    if (step == FailoverStep.RESOLVE) {
      return "Failed";
    }
    return step.compareTo(FailoverStep.FENCE) < 0 ? "Refused" : "RolledBack";
  }

  /** Nobody is promoted before it is known that the old primary can't write. */
  @Test
  void a_fence_that_fails_holds_until_it_is_done() {
    strait.bed.faults().plan(call -> isOf(FailoverStep.FENCE, call), Fault.FAILS);
    WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
    assertThat(strait.world().members().writers()).isEmpty();
    strait.bed.faults().mend();
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }

  /** They may be silent for the same reason as the old primary. */
  @Test
  void endpoints_that_do_not_cut_clients_off_hold_nobody_up_and_are_told() {
    strait.bed.faults().plan(call -> call.method().equals("ensureCutOff"), Fault.FAILS);
    RoleChangeResult result = strait.run(request);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .anyMatch(
            one -> one.startsWith("pooler: clients are not proved to be disconnected from east-0"));
    strait.isPrimary("west-0", "east-1");
  }

  /** Without a slot a standby is left, and its name among those that commits wait for too. */
  @Test
  void slots_that_can_not_be_made_leave_standbys_and_not_the_cluster_without_a_primary() {
    strait.bed.faults().plan(call -> isOf(FailoverStep.PREPARE_SLOTS, call), Fault.FAILS);
    RoleChangeResult result = strait.run(request);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded())
        .anyMatch(
            one ->
                one.startsWith(
                    "east-1 does not follow, because its slot on west-0 was not made ("));
    strait.isPrimary("west-0");
  }

  /** A sibling that does not follow does not block the run, and is told. */
  @Test
  void a_sibling_that_can_not_follow_is_told() {
    strait.bed.faults().plan(call -> isOf(FailoverStep.FOLLOW, call), Fault.FAILS);
    assertThat(strait.run(request).degraded())
        .anyMatch(one -> one.startsWith("east-1 does not follow west-0"));
    strait.isPrimary("west-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void a_step_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    strait
        .bed
        .faults()
        .plan(
            call -> !call.step().startsWith("OBSERVE") && !call.step().equals("LAST_LOOK"), fault);
    assertThat(strait.run(request).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }

  /** It is looked at and barred: either it happened, or it never will. */
  @Test
  void a_promotion_whose_outcome_is_unknown_is_looked_at() {
    strait.bed.faults().plan(call -> call.method().equals("ensurePromoted"), Fault.OUTCOME_UNKNOWN);
    assertThat(strait.run(request).outcome()).isEqualTo("Completed");
    strait.isPrimary("west-0", "east-1");
  }

  @Test
  void a_candidate_that_dies_before_its_promotion_leaves_everybody_as_they_are() {
    strait.before("ensurePromoted", () -> strait.world().members().kill("west-0"));
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("NOT_CAUGHT_UP");
    assertThat(strait.world().members().writers()).isEmpty();
    strait.bed.faults().mend();
    assertThat(strait.execute(FailoverBed.ALONE.replace("west-0", "east-1")).outcome())
        .isEqualTo("Completed");
    assertThat(strait.world().members().writers()).containsExactly("east-1");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void an_undo_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    strait.bed.faults().plan(call -> call.method().equals("ensurePromoted"), Fault.FAILS);
    strait.bed.faults().plan(call -> call.method().startsWith("revert"), fault);
    assertThat(strait.ended(request).type()).isEqualTo("RolledBack");
    assertThat(strait.world().members().writers()).isEmpty();
    assertThat(strait.world().endpoints().isCutOff("balancer")).isFalse();
    aNewRunIsSafe();
  }
}
