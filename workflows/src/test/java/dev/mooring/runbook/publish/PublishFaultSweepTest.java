package dev.mooring.runbook.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Manifest;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import dev.mooring.fake.laws.Law;
import dev.mooring.runbook.Typed;
import dev.mooring.wire.RawRequest;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every step of PublishCycle fails, repeats and loses its reply. */
class PublishFaultSweepTest {
  private static final RawRequest PUBLISH = Typed.json("{'cluster':'harbour'}");

  private final TestBed bed =
      new TestBed(
          Harbour.cluster(2, "checkpointBeforePoint: never", "checkpointBeforePoint: immediate"));

  @AfterEach
  void close() {
    bed.close();
  }

  private static boolean isOf(PublishStep step, Called call) {
    return switch (step) {
      case RESOLVE -> call.method().equals("readCluster");
      case START_CONSUMERS -> call.method().equals("ensureConsumer");
      case AWAIT_ARCHIVE -> call.method().equals("awaitArchived");
      default -> call.step().equals(step.name());
    };
  }

  /** A point that the run has to look at again; only then is that step taken. */
  private void begin(PublishStep step) {
    if (step == PublishStep.SETTLE_PENDING) {
      bed.world().trouble().archiverStalls(1);
      TestBed.ended(() -> bed.publish(PUBLISH));
      bed.world().trouble().archiverWorks(1);
    }
  }

  private void lawsHold() {
    assertThat(Law.allBrokenBy(bed.world().truth())).isEmpty();
  }

  private void completes() {
    PublishResult result = bed.publish(PUBLISH);
    assertThat(result.outcome()).isEqualTo("Completed");
    assertThat(result.degraded()).isEmpty();
    assertThat(bed.world().latest().map(latest -> latest.name().value()))
        .contains(result.restorePoint());
    lawsHold();
  }

  private void aNewRunIsSafe() {
    bed.faults().mend();
    completes();
  }

  @ParameterizedTest
  @EnumSource(PublishStep.class)
  void a_step_that_fails_leaves_latest_alone_and_a_new_run_is_safe(PublishStep step) {
    String first = bed.publish(PUBLISH).restorePoint();
    begin(step);
    bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    if (step == PublishStep.START_CONSUMERS) {
      assertThat(bed.publish(PUBLISH).degraded())
          .containsExactly("DrConsume at west could not be started: it could not be done");
    } else {
      Ended ended = TestBed.ended(() -> bed.publish(PUBLISH));
      assertThat(ended.type()).isEqualTo("Failed");
      assertThat(ended.record().code()).isEqualTo("HOST_REFUSED");
      assertThat(bed.world().latest().map(latest -> latest.name().value())).contains(first);
    }
    lawsHold();
    aNewRunIsSafe();
  }

  @ParameterizedTest
  @EnumSource(PublishStep.class)
  void a_step_that_fails_once_is_tried_again(PublishStep step) {
    begin(step);
    bed.faults().plan(call -> isOf(step, call), Fault.FAILS_ONCE);
    completes();
  }

  @ParameterizedTest
  @EnumSource(PublishStep.class)
  void a_step_whose_reply_is_lost_ends_as_if_it_were_not(PublishStep step) {
    begin(step);
    bed.faults().plan(call -> isOf(step, call), Fault.LOSES_REPLY);
    completes();
  }

  @ParameterizedTest
  @EnumSource(PublishStep.class)
  void a_step_that_is_repeated_ends_as_if_it_were_not(PublishStep step) {
    begin(step);
    bed.faults().plan(call -> isOf(step, call), Fault.REPEATS);
    completes();
  }

  @ParameterizedTest
  @EnumSource(PublishStep.class)
  void a_step_whose_outcome_stays_unknown_never_lies_and_a_new_run_is_safe(PublishStep step) {
    begin(step);
    bed.faults().plan(call -> isOf(step, call), Fault.OUTCOME_UNKNOWN);
    if (step == PublishStep.START_CONSUMERS) {
      assertThat(bed.publish(PUBLISH).degraded()).hasSize(1);
    } else {
      assertThat(TestBed.ended(() -> bed.publish(PUBLISH)).type()).isEqualTo("Failed");
      Optional<Manifest> latest = bed.world().latest();
      assertThat(latest.isPresent()).isEqualTo(step == PublishStep.WRITE_READY);
    }
    lawsHold();
    aNewRunIsSafe();
  }
}
