package dev.mooring.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class RestorePointNameTest {
  private static final Instant AT = Instant.parse("2026-11-20T15:08:54.007Z");

  @Test
  void names_the_second_then_the_milliseconds_then_the_attempt() {
    assertThat(RestorePointName.syncPoint(AT, "k2m4xa").value())
        .isEqualTo("sync_point_20261120_150854_007k2m4xa");
  }

  @Test
  void names_of_one_second_are_ordered_as_their_points_were_made() {
    RestorePointName earlier = RestorePointName.syncPoint(AT, "zzzzzz");
    RestorePointName later = RestorePointName.syncPoint(AT.plusMillis(93), "aaaaaa");

    assertThat(earlier).isLessThan(later);
  }

  @Test
  void says_when_its_point_was_made_if_it_says_so() {
    assertThat(RestorePointName.syncPoint(AT, "k2m4xa").madeAt())
        .contains(AT.truncatedTo(ChronoUnit.SECONDS));
    assertThat(new RestorePointName("sync_point_20260201_181640").madeAt())
        .contains(Instant.parse("2026-02-01T18:16:40Z"));
    assertThat(new RestorePointName("before_upgrade").madeAt()).isEmpty();
    assertThat(new RestorePointName("sync_point_20261345_181640").madeAt()).isEmpty();
  }

  @Test
  void a_name_that_is_no_file_name_is_refused() {
    assertThatThrownBy(() -> new RestorePointName("../sync"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'../sync'");
  }
}
