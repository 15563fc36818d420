package dev.mooring.activities.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.InstanceId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayPositionsTest {
  private static final WalSegmentSize MEGABYTE = new WalSegmentSize(1 << 20);
  private static final InstanceId FIRST = new InstanceId("west-0");
  private static final InstanceId SECOND = new InstanceId("west-1");
  private final ReplayPositions positions = new ReplayPositions();

  @Test
  void says_where_the_file_that_is_replayed_begins() {
    assertThat(positions.heard(FIRST, MEGABYTE, "000000010000000000000005 "))
        .containsExactly(new ReplayPosition(FIRST, "0/500000", "000000010000000000000005", ""));
  }

  @Test
  void keeps_what_was_heard_of_the_other_instances() {
    positions.heard(FIRST, MEGABYTE, "000000010000000000000005 absent 000000010000000000000006");
    List<ReplayPosition> both = positions.heard(SECOND, MEGABYTE, " ");

    assertThat(both)
        .containsExactly(
            new ReplayPosition(
                FIRST, "0/500000", "000000010000000000000005", "absent 000000010000000000000006"),
            new ReplayPosition(SECOND, "", "", ""));
  }
}
