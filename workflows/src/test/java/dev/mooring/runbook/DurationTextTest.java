package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S,0 s",
    "PT-5S,0 s",
    "PT59.9S,59 s",
    "PT200S,3 min 20 s",
    "PT2H5M7S,2 h 5 min",
    "PT2H,2 h",
    "P3DT4H30M,3 d 4 h"
  })
  void durations_have_their_two_largest_units(Duration duration, String text) {
    assertThat(DurationText.of(duration)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"PT-1S,0", "PT0.01S,0.01", "PT0.1234S,0.123", "PT60S,60", "PT1M40.5S,100.5"})
  void durations_in_seconds_have_milliseconds(Duration duration, String text) {
    assertThat(DurationText.seconds(duration)).isEqualTo(text);
  }

  @Test
  void a_wait_is_twice_the_last_one_up_to_a_limit() {
    Duration atMost = Duration.ofSeconds(10);

    assertThat(DurationText.twice(Duration.ofMillis(200), atMost))
        .isEqualTo(Duration.ofMillis(400));
    assertThat(DurationText.twice(Duration.ofSeconds(5), atMost)).isEqualTo(atMost);
    assertThat(DurationText.twice(Duration.ofSeconds(6), atMost)).isEqualTo(atMost);
  }
}
