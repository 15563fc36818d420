package dev.mooring.activities.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PauseLimitsTest {
  @ParameterizedTest
  @CsvSource({
    "1, 2, 2, 1500",
    "9, 2, 2, 1500",
    "19, 4, 2, 1500",
    "60, 15, 7, 6500",
    "600, 30, 15, 14500"
  })
  void a_larger_budget_bears_a_slower_network(int left, int standing, int word, long lookMillis) {
    PauseLimits limits = PauseLimits.within(Duration.ofSeconds(left));
    assertThat(limits).isEqualTo(new PauseLimits(standing, word));
    assertThat(limits.look()).hasMillis(lookMillis);
  }

  /** As old as a look may be, and as late as its word. */
  @ParameterizedTest
  @ValueSource(ints = {16, 20, 33, 47, 110, 600})
  void no_word_is_heard_after_the_pause_that_it_goes_by(int left) {
    PauseLimits limits = PauseLimits.within(Duration.ofSeconds(left));
    assertThat(limits.fresh().plusSeconds(limits.word()))
        .isLessThanOrEqualTo(Duration.ofSeconds(limits.standing()));
    assertThat(limits.look()).isLessThan(Duration.ofSeconds(limits.word()));
  }

  /** What was left when it was asked: the act may be tried again. */
  @Test
  void a_pause_is_never_asked_to_stand_for_more_than_is_left() {
    for (int left = 4; left < 300; left++) {
      assertThat(PauseLimits.within(Duration.ofSeconds(left)).standing()).isLessThan(left);
    }
  }
}
