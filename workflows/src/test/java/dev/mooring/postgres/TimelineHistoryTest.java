package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimelineHistoryTest {
  private static final TimelineId FOUR = new TimelineId(4);
  private static final String OF_FOUR =
      """
      # made by hand
      1\t0/5000000\tno recovery target specified

      2\t0/7000000\tbefore 2026-11-20 08:44:52+00
      """;

  @Test
  void reads_the_file_a_promoted_server_wrote() {
    TimelineHistory history =
        TimelineHistory.parse(new TimelineId(2), Captured.text("00000002.history"));
    assertThat(history.entries())
        .containsExactly(
            new TimelineHistory.Entry(
                TimelineId.FIRST, Lsn.parse("0/D00000"), "no recovery target specified"));
  }

  @Test
  void knows_its_ancestors_and_where_each_was_left() {
    TimelineHistory history = TimelineHistory.parse(FOUR, OF_FOUR);
    assertThat(history.isAncestor(TimelineId.FIRST)).isTrue();
    assertThat(history.isAncestor(new TimelineId(3))).isFalse();
    assertThat(history.isAncestor(FOUR)).isFalse();
    assertThat(history.switchPointOf(new TimelineId(2))).hasToString("0/7000000");
    assertThatThrownBy(() -> history.switchPointOf(new TimelineId(3)))
        .hasMessage("timeline 3 is no ancestor of timeline 4");
  }

  @ParameterizedTest
  @CsvSource({"0/1, 1", "0/4FFFFFF, 1", "0/5000000, 2", "0/6FFFFFF, 2", "0/7000000, 4", "9/0, 4"})
  void the_switch_point_itself_belongs_to_the_next_timeline(String lsn, long timeline) {
    assertThat(TimelineHistory.parse(FOUR, OF_FOUR).timelineAt(Lsn.parse(lsn)).value())
        .isEqualTo(timeline);
  }

  @Test
  void the_first_timeline_has_no_ancestors() {
    assertThat(TimelineHistory.first().timelineAt(Lsn.parse("5/0"))).isEqualTo(TimelineId.FIRST);
    assertThat(TimelineHistory.first().isAncestor(TimelineId.FIRST)).isFalse();
    assertThat(TimelineHistory.fileName(new TimelineId(10))).isEqualTo("0000000A.history");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 0/5|2 x|LSN must be two hexadecimal numbers",
        "1 0/5|two 0/6|timeline must be a decimal number",
        "1 0/5|2|must be a timeline, its switch point and a reason",
        "1 0/5|1 0/6|timeline 1 must be greater than 1 before it",
        "2 0/5|1 0/6|timeline 1 must be greater than 2 before it",
        "1 0/5|4 0/6|timeline 4 cannot be an ancestor of timeline 4",
        "1 0/5|7 0/6|timeline 7 cannot be an ancestor of timeline 4",
        "1 0/5|2 0/4|switch point 0/4 must not lie before 0/5",
        "1 0/5|2 0/0|LSN 0/0 is no position"
      })
  void an_error_names_the_line(String first, String second, String fault) {
    assertThatThrownBy(() -> TimelineHistory.parse(FOUR, first + "\n" + second + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("00000004.history line 2: ")
        .hasMessageContaining(fault);
  }
}
