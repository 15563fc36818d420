package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailedLooksTest {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LATE = Duration.ofMinutes(1);

  private final FailedLooks failed = new FailedLooks();

  @Test
  void a_worker_that_can_not_look_is_none() {
    assertThat(failed.areTooMany(SOON)).isFalse();
    assertThat(failed.areTooMany(SOON)).isTrue();
    failed.areOver();
    assertThat(failed.areTooMany(SOON)).isFalse();
  }

  @Test
  void workers_that_are_lost_now_and_then_leave_no_site_unwatched() {
    for (int loss = 0; loss < 3; loss++) {
      assertThat(failed.areTooMany(LATE)).isFalse();
    }
    assertThat(failed.areTooMany(SOON)).isFalse();
  }
}
