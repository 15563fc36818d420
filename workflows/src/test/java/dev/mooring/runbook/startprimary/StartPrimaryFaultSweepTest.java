package dev.mooring.runbook.startprimary;

import static dev.mooring.runbook.startprimary.StartBed.START;
import static dev.mooring.runbook.startprimary.StartBed.approved;
import static dev.mooring.runbook.startprimary.StartBed.decide;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Strait;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.port.FailureCode;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every step of a StartPrimary fails, is repeated, or loses its answer. */
class StartPrimaryFaultSweepTest {
  private final StartBed strait =
      new StartBed(Strait.cluster(StartAfterRebootTest.SITES, StartAfterRebootTest.AUTO));

  private String request = "";

  @BeforeEach
  void thePrimaryDies() {
    strait.members().kill("east-0");
    request = approved(START, strait.run(START).digest());
  }

  @AfterEach
  void close() {
    strait.lawsHold();
    strait.close();
  }

  private static boolean isOf(StartStep step, Called call) {
    return step == StartStep.RESOLVE
        ? call.method().equals("readCluster")
        : call.step().equals(step.name()) && !call.method().startsWith("revert");
  }

  private void aNewRunIsSafe() {
    strait.bed.faults().mend();
    assertThat(strait.execute(START).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  @ParameterizedTest
  @EnumSource(
      value = StartStep.class,
      names = {"RESOLVE", "OBSERVE", "OBSERVE_AGAIN", "START"})
  void a_step_that_fails_leaves_it_stopped(StartStep step) {
    strait.bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo(endingOf(step));
    assertThat(strait.members().writers()).isEmpty();
    aNewRunIsSafe();
  }

  /** No person is asked what to do with it before the start. */
  @ParameterizedTest
  @EnumSource(
      value = StartStep.class,
      names = {"RESOLVE", "OBSERVE", "OBSERVE_AGAIN", "START"})
  void a_step_of_an_automatic_run_that_fails_ends_it(StartStep step) {
    rebooted();
    strait.bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    Ended ended = strait.ended(StartAfterRebootTest.AUTOMATIC);
    assertThat(ended.type()).isEqualTo(endingOf(step));
    assertThat(strait.members().writers()).isEmpty();
    aNewRunIsSafe();
  }

  private void rebooted() {
    strait.members().moved("east-0", 5);
    strait.members().reboot("east-0", "b2");
  }

  private static String endingOf(StartStep step) {
    return switch (step) {
      case RESOLVE -> "Failed";
      case START -> "RolledBack";
      default -> "Refused";
    };
  }

  @Test
  void a_proof_that_fails_holds_until_it_is_done() {
    strait.bed.faults().plan(call -> isOf(StartStep.VERIFY, call), Fault.FAILS);
    WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
    assertThat(strait.members().writers()).containsExactly("east-0");
    strait.bed.faults().mend();
    decide(run, "{'decision':'retry','by':'bob','reason':'fixed'}");
    assertThat(strait.result(run).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  /** Who streams is told, and not required. */
  @Test
  void a_look_at_standbys_that_fails_is_told() {
    strait.bed.faults().plan(call -> isOf(StartStep.STREAMING, call), Fault.FAILS);
    assertThat(strait.run(request).degraded())
        .singleElement()
        .asString()
        .startsWith("which standbys stream from east-0 was not read");
  }

  /** Its commits may wait for a standby that is gone, whose resilver needs the locks. */
  @Test
  void a_commit_that_does_not_end_is_told() {
    strait.bed.faults().plan(call -> call.method().equals("ensureWritten"), Fault.OUTCOME_UNKNOWN);
    assertThat(strait.run(request).degraded())
        .singleElement()
        .asString()
        .startsWith("a commit on east-0 did not end");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void a_step_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    strait.bed.faults().plan(call -> isOf(StartStep.START, call), fault);
    assertThat(strait.run(request).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  /** It is looked at and barred: either it happened, or it never will. */
  @Test
  void a_start_whose_outcome_is_unknown_is_looked_at() {
    strait.bed.faults().plan(call -> call.method().equals("ensureStarted"), Fault.OUTCOME_UNKNOWN);
    assertThat(strait.run(request).outcome()).isEqualTo("Completed");
    strait.isPrimary("east-0", "west-0", "east-1");
  }

  @Test
  void a_server_that_does_not_come_up_leaves_it_stopped_and_says_why() {
    strait.members().failsAtRestart("east-0", FailureCode.START_FAILED);
    Ended ended = strait.ended(request);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("START_FAILED");
    assertThat(strait.members().writers()).isEmpty();
  }

  /** Nobody may be promoted before it is known, so the locks are kept. */
  @Test
  void a_host_that_falls_silent_in_the_start_holds_the_run() {
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("ensureStarted"),
            () -> strait.world().trouble().hostAnswers("e0", false));
    WorkflowStub run = strait.start(request, headline -> headline.contains("can't go on"));
    assertThat(strait.headline()).contains("Whether east-0 accepts writes is not known");
    strait.bed.faults().mend();
    strait.world().trouble().hostAnswers("e0", true);
    Ended ended = TestBed.ended(() -> strait.result(run));
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(strait.members().writers()).isEmpty();
    aNewRunIsSafe();
  }

  /** Else its launcher could start it once the run is over. */
  @Test
  void a_start_that_failed_leaves_no_permit_in_that_boot() {
    rebooted();
    strait.members().failsAtRestart("east-0", FailureCode.START_FAILED);
    for (int run = 0; run < 2; run++) {
      Ended ended = strait.ended(StartAfterRebootTest.AUTOMATIC);
      assertThat(ended.type()).isEqualTo("RolledBack");
      assertThat(ended.record().code()).isEqualTo("START_FAILED");
    }
  }

  /** The host started again since it was observed under the locks. */
  @Test
  void another_boot_at_the_start_leaves_it_stopped() {
    rebooted();
    strait
        .bed
        .faults()
        .beforeFirst(
            call -> call.method().equals("ensureStarted"),
            () -> strait.members().reboot("east-0", "b3"));
    Ended ended = strait.ended(StartAfterRebootTest.AUTOMATIC);
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(ended.record().code()).isEqualTo("NO_PRIMARY");
    assertThat(strait.members().writers()).isEmpty();
  }

  /** No person asked for it, and a failover may need the locks. */
  @Test
  void an_automatic_run_keeps_the_locks_for_two_minutes_of_not_knowing() {
    rebooted();
    strait
        .bed
        .faults()
        .before(
            call -> call.method().equals("ensureStarted"),
            () -> strait.world().trouble().hostAnswers("e0", false));
    Ended ended = strait.ended(StartAfterRebootTest.AUTOMATIC);
    assertThat(ended.type()).isEqualTo("Stuck");
    assertThat(ended.record().headline())
        .contains("START was given up without a person", "Whether east-0 accepts writes is not");
    assertThat(strait.lasted()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(6));
    strait.world().trouble().hostAnswers("e0", true);
    aNewRunIsSafe();
  }

  /** As where it was started, and died again. */
  @Test
  void an_automatic_run_keeps_the_locks_for_two_minutes_without_a_proof() {
    rebooted();
    strait.bed.faults().plan(call -> isOf(StartStep.VERIFY, call), Fault.FAILS);
    assertThat(strait.ended(StartAfterRebootTest.AUTOMATIC).type()).isEqualTo("Stuck");
    assertThat(strait.lasted()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(6));
    strait.isPrimary("east-0", "west-0", "east-1");
  }
}
