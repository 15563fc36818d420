package dev.mooring.runbook.failback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.Receipt;
import dev.mooring.fake.ActivityFaults.Called;
import dev.mooring.fake.StopAt;
import dev.mooring.runbook.Typed;
import io.temporal.client.WorkflowFailedException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Failback is stopped right before the first call of a step, in both ways that people have. */
class FailbackStopSweepTest {
  private static final String SECOND = "waits for an approval";
  private static final String ROLL_BACK = "{'decision':'roll-back','by':'bob','reason':'no'}";
  private static final Duration BUDGET = Duration.ofSeconds(20);

  /** In which a host would be left without a data directory of the right name. */
  private static final List<FailbackStep> IN_ONE_GO =
      List.of(FailbackStep.REPLACE, FailbackStep.START);

  private final FailbackBed strait = new FailbackBed();

  /** A pause that comes after the run let clients go has an end of its own on its host. */
  @AfterEach
  void close() {
    assertThat(strait.world().members().writers()).hasSize(1);
    assertThat(strait.world().members().twoWriters()).isEmpty();
    assertThat(strait.world().endpoints().isPausedAfter(BUDGET, "pooler")).isFalse();
    strait.close();
  }

  private static boolean isOf(FailbackStep step, Called call) {
    return call.step().equals(step.name());
  }

  private void stopped(FailbackStep step, Runnable stop) {
    strait.lostWest();
    String request = FailbackBed.executing(strait.run(FailbackBed.TO_WEST).digest());
    new StopAt(strait.bed, "failback").before(call -> isOf(step, call), stop);
    strait.start(request);
    boolean comesToTheMove = step.compareTo(FailbackStep.APPROVE) > 0;
    if (comesToTheMove) {
      strait.until(SECOND);
      strait.approve();
    }
  }

  private Receipt over() {
    try {
      strait.result();
    } catch (WorkflowFailedException ended) {
      assertThat(ended).isNotNull();
    }
    return strait.world().lastReceipt();
  }

  @ParameterizedTest
  @EnumSource(
      value = FailbackStep.class,
      names = {
        "OBSERVE",
        "PLAN",
        "CHECK",
        "LOCK_FOR_RESILVER",
        "SLOTS",
        "COPY",
        "REPLACE",
        "START",
        "CATCH_UP",
        "RESILVERED",
        "TIDY",
        "OBSERVE_AGAIN",
        "PREPARE_SLOTS",
        "CHECKPOINT",
        "PREPARE_ENDPOINTS",
        "LAST_LOOK",
        "PAUSE",
        "HAND_OVER",
        "TAKE_OVER",
        "ROUTE",
        "REJOIN",
        "STREAMING",
        "VERIFY"
      })
  void a_cancel_at_any_step_takes_the_way_back_or_comes_too_late(FailbackStep step) {
    stopped(step, () -> strait.open().cancel());
    Receipt receipt = over();
    if (step.compareTo(FailbackStep.TAKE_OVER) < 0) {
      assertThat(receipt.ending().outcome()).isEqualTo("ROLLED_BACK");
      assertThat(receipt.ending().code()).isEqualTo("CANCELLED");
      isAsBefore(step);
    } else {
      assertThat(receipt.ending().outcome()).isEqualTo("COMPLETED");
      assertThat(receipt.seen().degraded().toString()).contains("that came too late");
      strait.stands("west-0");
    }
  }

  private void isAsBefore(FailbackStep step) {
    assertThat(strait.world().members().writers()).containsExactly("east-0");
    assertThat(strait.world().endpoints().pointsAt("pooler")).isEqualTo("east-0");
    List<String> follow = strait.world().members().followersOf("east-0");
    // a look ahead asks in the name of CHECK, before anything is healed
    if (step == FailbackStep.CHECK || step.compareTo(FailbackStep.REPLACE) < 0) {
      assertThat(follow).containsExactly("east-1");
    } else {
      assertThat(follow).containsExactly("east-1", "west-0");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FailbackStep.class,
      names = {"SLOTS", "COPY", "REPLACE", "START", "CATCH_UP", "PAUSE", "TAKE_OVER"})
  void a_persons_word_does_the_same_and_is_refused_where_nothing_may_stop_it(FailbackStep step) {
    stopped(step, () -> strait.open().signal("decideBySignal", Typed.json(ROLL_BACK)));
    if (IN_ONE_GO.contains(step)) {
      strait.until(SECOND);
      strait.decide("reject", "");
    }
    Receipt receipt = over();
    assertThat(receipt.ending().outcome())
        .isEqualTo(step == FailbackStep.TAKE_OVER ? "COMPLETED" : "ROLLED_BACK");
    if (step == FailbackStep.TAKE_OVER) {
      strait.stands("west-0");
    } else {
      isAsBefore(step);
    }
  }
}
