package dev.mooring.activities.archive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.evidence.ContentTarget;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ContentId;
import org.junit.jupiter.api.Test;

class NeededWalTest {
  private static final WalSegmentSize SIZE = new WalSegmentSize(16 << 20);

  @Test
  void is_every_file_of_one_timeline() {
    assertThat(NeededWal.to(target(1, "0/50000C8"), 3, TimelineHistory.first()))
        .extracting(WalFileName::text)
        .containsExactly(
            "000000010000000000000003", "000000010000000000000004", "000000010000000000000005");
  }

  @Test
  void takes_the_new_timelines_file_where_the_old_one_was_left_inside() {
    TimelineHistory history =
        TimelineHistory.parse(new TimelineId(2), "1\t0/4800000\tno recovery target specified\n");
    assertThat(NeededWal.to(target(2, "0/50000C8"), 3, history))
        .extracting(WalFileName::text)
        .containsExactly(
            "000000010000000000000003", "000000020000000000000004", "000000020000000000000005");
  }

  @Test
  void takes_the_old_timelines_file_where_the_target_lies_before_the_switch() {
    TimelineHistory history = TimelineHistory.parse(new TimelineId(2), "1\t0/5000000\tx\n");
    assertThat(NeededWal.to(target(2, "0/50000C8"), 4, history))
        .extracting(WalFileName::text)
        .containsExactly("000000010000000000000004", "000000020000000000000005");
  }

  private static ContentTarget target(long timeline, String lsn) {
    TimelineId id = new TimelineId(timeline);
    Lsn at = Lsn.parse(lsn);
    return new ContentTarget(
        new ContentId(0),
        SystemIdentifier.parse("7710183681404870380"),
        id,
        at,
        WalFileName.containingByteBefore(id, at, SIZE),
        SIZE);
  }
}
