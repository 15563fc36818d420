package dev.mooring.runbook.failback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.ActivityFaults.Fault;
import dev.mooring.fake.TestBed;
import dev.mooring.fake.TestBed.Ended;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Steps of a Failback fail, lose their answers for good, are undone twice: west-0 is copied anew,
 * or, where WAL is kept and directories are replaced, rewound, since somebody promoted it by
 * mistake.
 */
class FailbackFaultSweepTest {
  private static final String SECOND = "waits for an approval";
  private static final List<FailbackStep> REWOUND =
      List.of(FailbackStep.KEEP_WAL, FailbackStep.REPLACE);
  private static final String MISTAKE =
      ",'overrides':'newer-timeline','reason':'west was promoted by mistake'}";

  private final FailbackBed strait = new FailbackBed();

  @AfterEach
  void close() {
    assertThat(strait.world().members().writers()).hasSize(1);
    strait.lawsHold();
    strait.close();
  }

  private static boolean isOf(FailbackStep step, Called call) {
    return call.step().equals(step.name()) && !call.method().startsWith("revert");
  }

  /** The request that heals west-0 in the way that has acts in this step, its plan approved. */
  private String approved(FailbackStep step) {
    if (!REWOUND.contains(step)) {
      return FailbackBed.executing(strait.lostWest().run(FailbackBed.TO_WEST).digest());
    }
    String mistaken = FailbackBed.TO_WEST.replace("}", MISTAKE);
    String digest = strait.strayedWest().run(mistaken).digest();
    return mistaken.replace("}", ",'mode':'execute','by':'alice','digest':'" + digest + "'}");
  }

  /** Runs it; another person approves the move, where it comes to that. */
  private Ended ended(FailbackStep step, String request) {
    if (step.compareTo(FailbackStep.CHECK) < 0) {
      return TestBed.ended(() -> strait.run(request));
    }
    strait.start(request);
    strait.until(SECOND);
    strait.approve();
    return strait.ended();
  }

  private void assertTakenBack(Ended ended) {
    assertThat(ended.type()).isEqualTo("RolledBack");
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    assertThat(strait.world().endpoints().pointsAt("pooler")).isEqualTo("east-0");
  }

  @ParameterizedTest
  @EnumSource(
      value = FailbackStep.class,
      names = {
        "SLOTS",
        "KEEP_WAL",
        "COPY",
        "PREPARE_SLOTS",
        "PREPARE_ENDPOINTS",
        "CHECKPOINT",
        "LAST_LOOK",
        "PAUSE",
        "HAND_OVER",
        "TAKE_OVER"
      })
  void a_step_that_fails_is_taken_back(FailbackStep step) {
    String request = approved(step);
    strait.bed.faults().plan(call -> isOf(step, call), Fault.FAILS);
    assertTakenBack(ended(step, request));
  }

  @ParameterizedTest
  @EnumSource(
      value = FailbackStep.class,
      names = {
        "SLOTS",
        "KEEP_WAL",
        "COPY",
        "PREPARE_SLOTS",
        "PREPARE_ENDPOINTS",
        "PAUSE",
        "HAND_OVER"
      })
  void a_step_whose_outcome_stays_unknown_is_taken_back(FailbackStep step) {
    String request = approved(step);
    strait.bed.faults().plan(call -> isOf(step, call), Fault.OUTCOME_UNKNOWN);
    assertTakenBack(ended(step, request));
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"FAILS_ONCE", "LOSES_REPLY", "REPEATS"})
  void an_undo_is_done_once_whatever_becomes_of_its_calls(Fault fault) {
    String request = approved(FailbackStep.HAND_OVER);
    strait
        .bed
        .faults()
        .plan(call -> call.method().equals("ensureHandedOver"), Fault.OUTCOME_UNKNOWN);
    strait.bed.faults().plan(call -> call.method().startsWith("revert"), fault);
    assertTakenBack(ended(FailbackStep.HAND_OVER, request));
    strait.stands("east-0");
  }
}
