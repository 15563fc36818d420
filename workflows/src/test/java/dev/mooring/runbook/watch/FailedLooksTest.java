package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailedLooksTest {
  private final FailedLooks failed = new FailedLooks();

  /** However long each of them lives: none has looked often enough to know who accepts writes. */
  @Test
  void a_worker_that_is_lost_again_and_again_is_none() {
    assertThat(failed.areTooMany()).isFalse();
    assertThat(failed.areTooMany()).isTrue();
    assertThat(failed.areTooMany()).isTrue();
  }

  @Test
  void workers_that_are_lost_now_and_then_leave_no_site_unwatched() {
    for (int loss = 0; loss < 3; loss++) {
      assertThat(failed.areTooMany()).isFalse();
      failed.areOver();
    }
  }
}
