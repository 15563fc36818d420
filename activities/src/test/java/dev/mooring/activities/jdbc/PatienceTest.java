package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {
  /** The second try is not begun: the time of one connection is all there is. */
  @Test
  void a_look_of_five_seconds_connects_once_within_three_and_is_logged_in_within_five() {
    Patience look = Patience.within(Duration.ofSeconds(5));

    assertThat(look.connect()).isEqualTo(Duration.ofSeconds(3));
    assertThat(look.tryWithin(look.inAll())).isEqualTo(Duration.ofSeconds(5));
    assertThat(look.inAll()).isLessThanOrEqualTo(look.connect());
  }

  @Test
  void an_attempt_that_leaves_more_time_tries_again() {
    Patience longer = Patience.within(Duration.ofSeconds(30));

    assertThat(longer.inAll()).isEqualTo(Duration.ofSeconds(12));
    assertThat(longer.tryWithin(longer.inAll())).isEqualTo(Duration.ofSeconds(10));
  }
}
