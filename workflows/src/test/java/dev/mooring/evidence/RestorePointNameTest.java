package dev.mooring.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
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
  void a_name_that_is_no_file_name_is_refused() {
    assertThatThrownBy(() -> new RestorePointName("../sync"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'../sync'");
  }
}
