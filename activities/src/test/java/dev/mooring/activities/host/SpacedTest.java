package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SpacedTest {
  /** Looks that take longer than the time between them must end with their activity too. */
  @Test
  void an_interrupt_ends_a_wait_whose_time_is_over() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> Spaced.until(System.nanoTime() - 1))
          .isInstanceOf(IllegalStateException.class);
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
    } finally {
      Thread.interrupted();
    }
    Spaced.until(System.nanoTime() - 1);
  }
}
