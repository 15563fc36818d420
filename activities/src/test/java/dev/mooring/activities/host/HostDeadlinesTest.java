package dev.mooring.activities.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostDeadlinesTest {
  @Test
  void a_fast_stop_may_take_half_a_minute_before_one_is_stopped_at_once() {
    assertThat(HostDeadlines.USUAL.stop()).isEqualTo(Duration.ofSeconds(30));
  }
}
