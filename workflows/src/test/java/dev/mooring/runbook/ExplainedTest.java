package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.topology.InstanceId;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.failure.TimeoutFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplainedTest {

  @Test
  void tells_what_the_adapter_said_without_its_hint() {
    assertThat(Explained.of(failed(FailureCode.HOST_REFUSED.name(), "it said no\nHINT: read it")))
        .isEqualTo(new Explained(FailureCode.HOST_REFUSED, "it said no"));
  }

  @Test
  void keeps_every_problem_of_a_cluster_file_with_its_own_hint() {
    String problems = "a.yaml has 2 problems:\n  timeuot HINT: did you mean 'timeout'?\n  b";
    assertThat(Explained.of(failed(FailureCode.CLUSTER_FILE.name(), problems)).sentence())
        .isEqualTo(problems);
  }

  @Test
  void a_failure_of_no_known_code_is_a_bug() {
    assertThat(Explained.of(failed("java.lang.NullPointerException", "it was null")))
        .isEqualTo(new Explained(FailureCode.BUG, "java.lang.NullPointerException: it was null"));
  }

  @Test
  void a_call_no_worker_took_is_told_apart_from_one_whose_answer_was_lost() {
    assertThat(Explained.of(timedOut(TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START)))
        .isEqualTo(
            new Explained(FailureCode.NO_WORKER, "no worker took the work of that queue in time"));
    assertThat(Explained.of(timedOut(TimeoutType.TIMEOUT_TYPE_HEARTBEAT)).code())
        .isEqualTo(FailureCode.WORKER_LOST);
  }

  @Test
  void an_answer_of_a_worker_that_ran_too_long_is_unknown_and_was_asked_for() {
    Explained late = Explained.of(timedOut(TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE));
    Explained lost = Explained.of(timedOut(TimeoutType.TIMEOUT_TYPE_HEARTBEAT));
    assertThat(List.of(late, lost)).allMatch(Explained::isOutcomeUnknown);
    assertThat(Explained.isUnasked(of(late))).isFalse();
    assertThat(Explained.isUnasked(of(lost))).isTrue();
  }

  private static InstanceFailure of(Explained why) {
    return new InstanceFailure(new InstanceId("west-0"), why.code(), why.sentence());
  }

  @Test
  void a_cancelled_call_is_cancelled_whatever_is_around_it() {
    assertThat(Explained.of(around(new CanceledFailure("stop"))).code())
        .isEqualTo(FailureCode.CANCELLED);
  }

  private static TemporalFailure failed(String type, String message) {
    return around(ApplicationFailure.newFailure(message, type));
  }

  private static TemporalFailure timedOut(TimeoutType type) {
    return around(new TimeoutFailure("too late", null, type));
  }

  private static TemporalFailure around(Throwable cause) {
    return new ActivityFailure(
        "activity failed", 5, 6, "ObserveChain", "1", RetryState.RETRY_STATE_TIMEOUT, "w", cause);
  }
}
