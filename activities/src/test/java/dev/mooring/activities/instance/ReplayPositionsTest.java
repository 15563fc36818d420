package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayPositionsTest {
  private static final WalSegmentSize MEGABYTE = new WalSegmentSize(1 << 20);
  private static final InstanceId FIRST = new InstanceId("west-0");
  private static final InstanceId SECOND = new InstanceId("west-1");
  private final ReplayPositions positions = new ReplayPositions();

  @Test
  void says_where_the_file_that_is_replayed_begins() {
    assertThat(positions.heard(FIRST, MEGABYTE, "at 000000010000000000000005 "))
        .containsExactly(new ReplayPosition(FIRST, "0/500000", "000000010000000000000005", "", ""));
  }

  @Test
  void keeps_what_was_heard_of_the_other_instances() {
    positions.heard(FIRST, MEGABYTE, "at 000000010000000000000005 absent 000000010000000000000006");
    List<ReplayPosition> both = positions.heard(SECOND, MEGABYTE, "at  ");

    assertThat(both)
        .containsExactly(
            new ReplayPosition(
                FIRST,
                "0/500000",
                "000000010000000000000005",
                "absent 000000010000000000000006",
                ""),
            new ReplayPosition(SECOND, "", "", "", ""));
  }

  @Test
  void says_of_one_that_died_what_its_log_says() {
    String log = "x LOG:  entering standby mode\036x FATAL:  out of luck\036x LOG:  shut down\036";
    assertThat(positions.heard(FIRST, MEGABYTE, "down " + log))
        .containsExactly(new ReplayPosition(FIRST, "", "", "", "x FATAL:  out of luck"));
    assertThat(positions.heard(FIRST, MEGABYTE, "down "))
        .containsExactly(new ReplayPosition(FIRST, "", "", "", "its log says nothing"));
  }

  @Test
  void says_of_one_that_arrived_that_it_stopped_at_its_target() {
    String log =
        "x LOG:  recovery stopping at restore point \"p\", time 2026-11-20 08:44:52.123456+00\036"
            + "x LOG:  shutdown at recovery target\036x LOG:  database system is shut down\036";
    assertThat(positions.heard(FIRST, MEGABYTE, "down " + log))
        .containsExactly(new ReplayPosition(FIRST, "", "", "", "stopped at its target"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "at", "at 000000010000000000000005", "down", "up now", " at  "})
  void refuses_what_is_neither(String text) {
    assertThatThrownBy(() -> positions.heard(FIRST, MEGABYTE, text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "progress of west-0: must be 'at FILE WAITING', 'down LOG' or 'paused', got '"
                + text
                + "'");
  }
}
