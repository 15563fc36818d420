package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.MemberLoad;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplayPaceTest {
  private static final long RECEIVED = 100_000_000;
  private static final String LEFT = " bytes are to be replayed before it accepts writes, ";

  private static MemberObserved at(long replayed, long clock, boolean paused, String delay) {
    return new MemberObserved(
        new InstanceId("west-0"),
        new SystemIdentifier(7),
        new Standing(
            true,
            new TimelineId(1),
            new Lsn(RECEIVED),
            new Replay(new Lsn(replayed), paused, ""),
            clock,
            false),
        new Replication(List.of(), List.of(), List.of()),
        List.of(new Setting("recovery_min_apply_delay", delay, false)),
        new MemberLoad(0, 0, 0, 0));
  }

  private static MemberObserved at(long replayed, long clock) {
    return at(replayed, clock, false, "0");
  }

  private static List<ReplayPace> paces(MemberObserved first, MemberObserved later) {
    return ReplayPace.between(List.of(first), List.of(later));
  }

  @Test
  void what_is_left_takes_as_long_as_the_measured_pace_says() {
    MemberObserved later = at(40_000_000, 5_000);
    List<ReplayPace> paces = paces(at(39_000_000, 3_000), later);
    assertThat(ReplayPace.left(paces, later)).contains(Duration.ofMinutes(2));
    assertThat(ReplayPace.inWords(paces, later))
        .isEqualTo(
            "60000000"
                + LEFT
                + "about 2 min at the 500000 bytes a second that were measured over 2000 ms");
    MemberObserved nearly = at(RECEIVED - 1, 5_000);
    assertThat(ReplayPace.inWords(paces, nearly))
        .startsWith("1" + LEFT + "less than a second at the 500000 bytes");
  }

  @Test
  void one_that_replayed_all_has_nothing_left_whatever_was_measured() {
    MemberObserved whole = at(RECEIVED, 5_000, true, "1h");
    assertThat(ReplayPace.left(List.of(), whole)).contains(Duration.ZERO);
    assertThat(ReplayPace.inWords(List.of(), whole)).isEqualTo("nothing is left to be replayed");
  }

  @Test
  void without_progress_or_a_measure_of_it_the_time_is_unknown() {
    MemberObserved stands = at(40_000_000, 5_000);
    assertUnknown(paces(at(40_000_000, 3_000), stands), stands, "nothing was replayed between");
    assertUnknown(List.of(), stands, "it was read once");
    assertUnknown(paces(at(30_000_000, 5_000), stands), stands, "it was read once");
    assertUnknown(paces(at(30_000_000, 0), stands), stands, "it was read once");
    // started anew between the looks, and back at its last restartpoint
    assertUnknown(paces(at(50_000_000, 3_000), stands), stands, "nothing was replayed between");
  }

  @Test
  void what_went_on_under_a_pause_or_a_delay_is_no_measure_of_a_promotion() {
    MemberObserved first = at(30_000_000, 3_000);
    MemberObserved paused = at(40_000_000, 5_000, true, "0");
    assertUnknown(paces(first, paused), paused, "replay is paused");
    MemberObserved delayed = at(40_000_000, 5_000, false, "1h");
    assertUnknown(
        paces(first, delayed), delayed, "replay is held back by recovery_min_apply_delay = 1h");
  }

  private static void assertUnknown(List<ReplayPace> paces, MemberObserved seen, String why) {
    assertThat(ReplayPace.left(paces, seen)).isEmpty();
    assertThat(ReplayPace.inWords(paces, seen))
        .startsWith("60000000" + LEFT + "for how long is unknown: " + why);
  }
}
