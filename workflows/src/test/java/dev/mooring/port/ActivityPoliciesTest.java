package dev.mooring.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.activity.ActivityOptions;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivityPoliciesTest {
  @Test
  void a_checkpoint_may_last_as_long_as_its_statement_may() {
    ActivityOptions options = ActivityPolicies.CHECKPOINT.options("mooring-east", "checkpoint");
    assertThat(options.getStartToCloseTimeout())
        .isGreaterThan(ActivityPolicies.CHECKPOINT_AT_MOST)
        .isGreaterThan(Duration.ofHours(1));
    assertThat(options.getScheduleToCloseTimeout()).isLessThan(Duration.ofHours(6));
  }

  @Test
  void a_stopped_run_waits_for_no_worker() {
    assertThat(ActivityPolicies.LAST_WORD.options("q", "s").getScheduleToStartTimeout())
        .isLessThan(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @EnumSource(ActivityPolicies.class)
  void a_lost_worker_is_noticed_in_seconds_whatever_it_did(ActivityPolicies policy) {
    ActivityOptions options = policy.options("q", "s");
    assertThat(options.getHeartbeatTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(options.getStartToCloseTimeout())
        .isLessThanOrEqualTo(options.getScheduleToCloseTimeout());
  }

  @Test
  void a_look_alone_is_not_tried_again_after_an_error_of_our_own() {
    assertThat(Arrays.stream(ActivityPolicies.values()))
        .filteredOn(policy -> endsByBugAlone(policy.options("q", "s")))
        .containsExactly(ActivityPolicies.OBSERVE);
    assertThat(endsByBugAlone(ActivityPolicies.observeFiles("q", "s", 1))).isTrue();
  }

  private static boolean endsByBugAlone(ActivityOptions options) {
    return Arrays.equals(
        options.getRetryOptions().getDoNotRetry(), new String[] {FailureCode.BUG.name()});
  }

  @Test
  void a_long_chain_has_the_time_that_its_files_take() {
    ActivityOptions none = ActivityPolicies.observeFiles("mooring-west", "chain", 0);
    ActivityOptions usual = ActivityPolicies.OBSERVE.options("mooring-west", "chain");
    assertThat(none.getStartToCloseTimeout()).isEqualTo(usual.getStartToCloseTimeout());
    assertThat(none.getScheduleToCloseTimeout()).isEqualTo(usual.getScheduleToCloseTimeout());
    ActivityOptions many = ActivityPolicies.observeFiles("mooring-west", "chain", 10_000);
    assertThat(many.getStartToCloseTimeout()).isGreaterThan(Duration.ofMinutes(30));
    assertThat(many.getHeartbeatTimeout()).isEqualTo(usual.getHeartbeatTimeout());
  }
}
