package dev.mooring.runbook.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt.StepRecord;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.fake.laws.Law;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.TargetSettings;
import dev.mooring.runbook.Typed;
import dev.mooring.wire.RawRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every step of DrConsume fails, repeats and loses its reply. One instance dies once on its way, so
 * that the steps of a second start are passed too; for PARK_REST it dies twice.
 */
class ConsumeFaultSweepTest {
  private static final RawRequest CONSUME = Typed.json("{'cluster':'harbour','site':'west'}");

  private final TestBed bed = new TestBed(Harbour.cluster(2));
  private String point = "";
  private List<TargetSettings> before = List.of();

  @BeforeEach
  void publish() {
    point = bed.publish(Typed.json("{'cluster':'harbour'}")).restorePoint();
    before = settings();
    bed.world().trouble().killInReplay(1, 1);
  }

  @AfterEach
  void close() {
    bed.close();
  }

  private static boolean isOf(ConsumeStep step, Called call) {
    return step == ConsumeStep.RESOLVE
        ? call.method().equals("readCluster")
        : call.step().equals(step.name()) && !call.method().equals("revertTarget");
  }

  private void plan(ConsumeStep step, Fault fault) {
    if (step == ConsumeStep.PARK_REST) {
      bed.world().trouble().killInReplay(1, 2);
    }
    bed.faults().plan(call -> isOf(step, call), fault);
  }

  private List<TargetSettings> settings() {
    return bed.world().copies().observed().stream()
        .map(InstanceObserved::recovery)
        .map(InstanceObserved.Recovery::settings)
        .toList();
  }

  private void lawsHold() {
    assertThat(Law.allBrokenBy(bed.world().truth())).isEmpty();
    assertThat(bed.world().copies().anyRuns()).isFalse();
  }

  /** With the fault fixed and nobody dying, the next run moors the site. */
  private void aNewRunIsSafe() {
    bed.faults().mend();
    bed.world().trouble().killInReplay(1, 0);
    assertThat(bed.consume(CONSUME).restorePoint()).isEqualTo(point);
    assertThat(bed.world().state(Harbour.WEST).orElseThrow().restorePoint().value())
        .isEqualTo(point);
    lawsHold();
  }

  private void completes(ConsumeStep step) {
    if (step == ConsumeStep.PARK_REST) {
      assertThat(failed().record().code()).isEqualTo("TARGET_MISMATCH");
      assertThat(bed.world().state(Harbour.WEST)).isEmpty();
    } else {
      assertThat(bed.consume(CONSUME).headline()).contains("2 of 2 instances proved");
      assertThat(bed.world().story()).hasSize(4);
    }
    lawsHold();
  }

  private Ended failed() {
    return TestBed.ended(() -> bed.consume(CONSUME));
  }

  @ParameterizedTest
  @EnumSource(ConsumeStep.class)
  void a_step_that_fails_advances_nothing_and_a_new_run_is_safe(ConsumeStep step) {
    plan(step, Fault.FAILS);
    Ended ended = failed();
    assertThat(ended.type()).isEqualTo("Failed");
    assertThat(ended.record().code())
        .isEqualTo(step == ConsumeStep.PARK_REST ? "TARGET_MISMATCH" : "HOST_REFUSED");
    assertThat(bed.world().state(Harbour.WEST)).isEmpty();
    if (step.compareTo(ConsumeStep.START_ALL) < 0) {
      assertThat(settings()).isEqualTo(before);
      assertThat(bed.world().copies().anyStarted()).isFalse();
    }
    lawsHold();
    aNewRunIsSafe();
  }

  @ParameterizedTest
  @EnumSource(ConsumeStep.class)
  void a_step_that_fails_once_is_tried_again(ConsumeStep step) {
    plan(step, Fault.FAILS_ONCE);
    completes(step);
  }

  @ParameterizedTest
  @EnumSource(ConsumeStep.class)
  void a_step_whose_reply_is_lost_is_done_once(ConsumeStep step) {
    plan(step, Fault.LOSES_REPLY);
    completes(step);
  }

  @ParameterizedTest
  @EnumSource(ConsumeStep.class)
  void a_step_that_is_repeated_is_done_once(ConsumeStep step) {
    plan(step, Fault.REPEATS);
    completes(step);
  }

  /** The undo of the one step that has one, after an act of which nobody knows that it was done. */
  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void an_undo_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    bed.faults().plan(call -> call.method().equals("ensureTarget"), Fault.OUTCOME_UNKNOWN);
    bed.faults().plan(call -> call.method().equals("revertTarget"), fault);
    assertThat(failed().type()).isEqualTo("Failed");
    assertThat(settings()).isEqualTo(before);
    assertThat(bed.world().lastReceipt().steps())
        .filteredOn(step -> step.step().equals("SET_TARGETS"))
        .extracting(StepRecord::result)
        .last()
        .isEqualTo("undone");
    lawsHold();
    aNewRunIsSafe();
  }

  @ParameterizedTest
  @EnumSource(ConsumeStep.class)
  void a_step_whose_outcome_stays_unknown_never_lies_and_a_new_run_is_safe(ConsumeStep step) {
    plan(step, Fault.OUTCOME_UNKNOWN);
    Ended ended = failed();
    assertThat(ended.type()).isEqualTo("Failed");
    if (step != ConsumeStep.ADVANCE) {
      assertThat(bed.world().state(Harbour.WEST)).isEmpty();
    }
    if (step.compareTo(ConsumeStep.START_ALL) < 0) {
      assertThat(settings()).isEqualTo(before);
    }
    lawsHold();
    aNewRunIsSafe();
  }
}
