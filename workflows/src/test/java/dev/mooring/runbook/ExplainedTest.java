package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;
import io.temporal.api.enums.v1.RetryState;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import org.junit.jupiter.api.Test;

class ExplainedTest {

  @Test
  void the_code_of_an_adapter_wins_over_the_library_exception_behind_it() {
    ApplicationFailure library =
        ApplicationFailure.newFailure("Auth fail", "com.jcraft.jsch.JSchException");
    ApplicationFailure adapter =
        ApplicationFailure.newFailureWithCause(
            "host e0 can't be reached", FailureCode.HOST_UNREACHABLE.name(), library);
    assertThat(Explained.of(activity(adapter)))
        .isEqualTo(new Explained(FailureCode.HOST_UNREACHABLE, "host e0 can't be reached"));
  }

  @Test
  void what_carries_no_code_of_ours_is_a_bug() {
    ApplicationFailure failure = ApplicationFailure.newFailure("boom", "java.lang.Exception");
    assertThat(Explained.of(activity(failure)))
        .isEqualTo(new Explained(FailureCode.BUG, "java.lang.Exception: boom"));
  }

  @Test
  void a_cancelled_call_is_told_as_such() {
    assertThat(Explained.of(activity(new CanceledFailure("stop"))).code())
        .isEqualTo(FailureCode.CANCELLED);
  }

  private static ActivityFailure activity(TemporalFailure cause) {
    return new ActivityFailure(
        "failed", 1, 2, "ObserveInstances", "3", RetryState.RETRY_STATE_TIMEOUT, "worker", cause);
  }
}
