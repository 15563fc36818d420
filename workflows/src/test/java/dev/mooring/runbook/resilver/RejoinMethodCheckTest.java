package dev.mooring.runbook.resilver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineHistory.Entry;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Verdicts;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Choice;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Ended;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Keep;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Source;
import dev.mooring.runbook.resilver.RejoinMethodCheck.Target;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RejoinMethodCheckTest {
  private static final SystemIdentifier SYSTEM = new SystemIdentifier(7L);
  private static final InstanceId WEST = new InstanceId("west-0");
  private static final InstanceId EAST = new InstanceId("east-0");
  private static final TimelineHistory FIRST = TimelineHistory.first();
  private static final TimelineHistory SECOND =
      new TimelineHistory(
          new TimelineId(2), List.of(new Entry(TimelineId.FIRST, Lsn.parse("0/5000"), "")));

  private static Source promoted() {
    return new Source(WEST, SYSTEM, SECOND, Lsn.parse("0/9000"));
  }

  private static Source neverPromoted() {
    return new Source(WEST, SYSTEM, FIRST, Lsn.parse("0/9000"));
  }

  /** The source's line left timeline 1 at 0/5000 and timeline 2 at 0/7000. */
  private static Source promotedAgain() {
    return new Source(
        WEST,
        SYSTEM,
        new TimelineHistory(
            new TimelineId(3),
            List.of(
                new Entry(TimelineId.FIRST, Lsn.parse("0/5000"), ""),
                new Entry(new TimelineId(2), Lsn.parse("0/7000"), ""))),
        Lsn.parse("0/9000"));
  }

  private static Target.Usable ended(Ended how, TimelineHistory history, String end) {
    return new Target.Usable(SYSTEM, how, history, Lsn.parse(end), List.of(), Optional.empty());
  }

  private static Target.Usable orderly(String end) {
    return ended(Ended.STANDBY, FIRST, end);
  }

  private static Choice choice(Source source, Target target) {
    return Verdicts.proceeds(RejoinMethodCheck.judge(EAST, source, target));
  }

  private static Optional<Keep> from(String position) {
    return Optional.of(new Keep(Optional.of(Lsn.parse(position))));
  }

  private static Optional<Keep> all() {
    return Optional.of(new Keep(Optional.empty()));
  }

  @Test
  void what_can_not_be_read_is_copied_and_its_wal_kept() {
    assertThat(choice(promoted(), new Target.Unusable("no PG_VERSION", true)))
        .isEqualTo(new Choice(RejoinMethod.BASE_BACKUP, "no PG_VERSION", all()));
    assertThat(choice(promoted(), new Target.Unusable("nothing is there", false)))
        .isEqualTo(new Choice(RejoinMethod.BASE_BACKUP, "nothing is there", Optional.empty()));
  }

  @Test
  void another_database_system_is_refused() {
    Target other =
        new Target.Usable(
            new SystemIdentifier(8L),
            Ended.STANDBY,
            FIRST,
            Lsn.parse("0/4000"),
            List.of(),
            Optional.empty());
    Verdicts.never(
        RejoinMethodCheck.judge(EAST, promoted(), other),
        FailureCode.IDENTITY_DIFFERS,
        "east-0 holds database system 8, west-0 is 7");
  }

  @Test
  void one_that_ended_before_the_fork_or_at_it_follows() {
    assertThat(choice(promoted(), orderly("0/4000")))
        .isEqualTo(
            new Choice(
                RejoinMethod.FOLLOW,
                "its WAL ends at 0/4000 on timeline 1, within what west-0 has of it",
                Optional.empty()));
    assertThat(choice(promoted(), orderly("0/5000")).method()).isEqualTo(RejoinMethod.FOLLOW);
    assertThat(choice(neverPromoted(), orderly("0/9000")).method()).isEqualTo(RejoinMethod.FOLLOW);
    assertThat(choice(promoted(), ended(Ended.STANDBY, SECOND, "0/6000")).method())
        .isEqualTo(RejoinMethod.FOLLOW);
  }

  @Test
  void one_whose_next_wal_is_gone_is_copied() {
    Target lacks =
        new Target.Usable(
            SYSTEM,
            Ended.STANDBY,
            FIRST,
            Lsn.parse("0/4000"),
            List.of(),
            Optional.of("WAL from 0/4000 on"));
    assertThat(choice(promoted(), lacks))
        .isEqualTo(
            new Choice(
                RejoinMethod.BASE_BACKUP,
                "its WAL ends at 0/4000 on timeline 1, within what west-0 has of it, but lacking"
                    + " is WAL from 0/4000 on",
                Optional.empty()));
  }

  @Test
  void one_that_wrote_beyond_the_fork_is_rewound_and_what_it_wrote_is_kept() {
    for (Ended how : Ended.values()) {
      assertThat(choice(promoted(), ended(how, FIRST, "0/5070")))
          .isEqualTo(
              new Choice(
                  RejoinMethod.REWIND,
                  "it has 112 bytes of WAL beyond 0/5000 on timeline 1, which west-0 never had",
                  from("0/5000")));
    }
  }

  @Test
  void one_that_cannot_be_rewound_is_copied_and_what_it_wrote_is_kept() {
    Target without =
        new Target.Usable(
            SYSTEM,
            Ended.STANDBY,
            FIRST,
            Lsn.parse("0/5070"),
            List.of("neither page checksums nor wal_log_hints"),
            Optional.empty());
    assertThat(choice(promoted(), without))
        .isEqualTo(
            new Choice(
                RejoinMethod.BASE_BACKUP,
                "it has 112 bytes of WAL beyond 0/5000 on timeline 1, which west-0 never had; no"
                    + " rewind: neither page checksums nor wal_log_hints",
                from("0/5000")));
  }

  @Test
  void a_crash_at_the_fork_itself_is_rewound() {
    assertThat(choice(promoted(), ended(Ended.CRASHED, FIRST, "0/5000")))
        .isEqualTo(
            new Choice(
                RejoinMethod.REWIND,
                "it ended in a crash at 0/5000, where it parted from west-0",
                from("0/5000")));
  }

  @Test
  void a_crash_before_the_fork_is_copied_since_a_rewind_would_take_its_recovery_for_shared() {
    assertThat(choice(promoted(), ended(Ended.CRASHED, FIRST, "0/4000")))
        .isEqualTo(
            new Choice(
                RejoinMethod.BASE_BACKUP,
                "it ended in a crash at 0/4000, within what west-0 has: crash recovery would"
                    + " write WAL there that a rewind takes for shared",
                from("0/4000")));
  }

  /** Behind a hole there may be more; nothing that can be read says that there is not. */
  @Test
  void how_much_a_crash_gives_up_is_not_told_as_nothing() {
    Choice crashed = choice(promoted(), ended(Ended.CRASHED, FIRST, "0/4000"));
    assertThat(RejoinMethodCheck.discarded(crashed, Optional.of(Lsn.parse("0/4000"))))
        .isEqualTo(", discarding all that it alone has beyond 0/4000: how much is not known");
    Choice diverged = choice(promoted(), ended(Ended.CRASHED, FIRST, "0/5070"));
    assertThat(RejoinMethodCheck.discarded(diverged, Optional.of(Lsn.parse("0/5070"))))
        .isEqualTo(", discarding 112 bytes of its WAL beyond 0/5000 at most");
  }

  @Test
  void one_that_was_a_primary_on_the_timeline_of_the_primary_is_copied_and_all_it_wrote_is_kept() {
    for (Ended how : List.of(Ended.SHUT_DOWN, Ended.CRASHED)) {
      for (String end : List.of("0/5070", "0/9000", "0/A000")) {
        assertThat(choice(promoted(), ended(how, SECOND, end)))
            .isEqualTo(
                new Choice(
                    RejoinMethod.BASE_BACKUP,
                    "it was a primary on timeline 2 itself, which begins at 0/5000, and so is"
                        + " west-0: their WAL may differ since",
                    from("0/5000"),
                    Optional.of(new TimelineId(2))));
        assertThat(choice(neverPromoted(), ended(how, FIRST, end)))
            .isEqualTo(
                new Choice(
                    RejoinMethod.BASE_BACKUP,
                    "it was a primary on timeline 1 itself, and so is west-0: their WAL may differ"
                        + " since",
                    all(),
                    Optional.of(TimelineId.FIRST)));
      }
    }
    assertThat(choice(promoted(), ended(Ended.SHUT_DOWN, SECOND, "0/5000")).method())
        .isEqualTo(RejoinMethod.FOLLOW);
  }

  @Test
  void a_former_primary_that_ends_before_its_timeline_was_left_had_a_second_writer() {
    for (Ended how : List.of(Ended.SHUT_DOWN, Ended.CRASHED)) {
      assertThat(choice(promotedAgain(), ended(how, SECOND, "0/6000")))
          .isEqualTo(
              new Choice(
                  RejoinMethod.BASE_BACKUP,
                  "it was a primary on timeline 2 itself, which begins at 0/5000, and its WAL ends"
                      + " at 0/6000, before the line of west-0 left that at 0/7000: another wrote"
                      + " the rest, and may have written more of it",
                  from("0/5000"),
                  Optional.of(new TimelineId(2))));
    }
  }

  @Test
  void a_former_primary_that_ends_where_its_timeline_was_left_follows_and_one_beyond_is_rewound() {
    assertThat(choice(promotedAgain(), ended(Ended.SHUT_DOWN, SECOND, "0/7000")).method())
        .isEqualTo(RejoinMethod.FOLLOW);
    assertThat(choice(promotedAgain(), ended(Ended.SHUT_DOWN, SECOND, "0/7070")))
        .isEqualTo(
            new Choice(
                RejoinMethod.REWIND,
                "it has 112 bytes of WAL beyond 0/7000 on timeline 2, which west-0 never had",
                from("0/7000")));
    assertThat(choice(promotedAgain(), ended(Ended.CRASHED, SECOND, "0/7000")).method())
        .isEqualTo(RejoinMethod.REWIND);
  }

  @Test
  void one_that_lacks_what_the_source_has_follows_where_no_other_could_write_its_timeline() {
    assertThat(choice(promotedAgain(), ended(Ended.STANDBY, SECOND, "0/6000")).method())
        .isEqualTo(RejoinMethod.FOLLOW);
    assertThat(choice(promotedAgain(), ended(Ended.SHUT_DOWN, FIRST, "0/4000")).method())
        .isEqualTo(RejoinMethod.FOLLOW);
    assertThat(choice(promotedAgain(), ended(Ended.SHUT_DOWN, SECOND, "0/5000")).method())
        .isEqualTo(RejoinMethod.FOLLOW);
  }

  @Test
  void a_primary_that_was_shut_down_before_the_other_was_promoted_follows() {
    assertThat(choice(promoted(), ended(Ended.SHUT_DOWN, FIRST, "0/5000")).method())
        .isEqualTo(RejoinMethod.FOLLOW);
  }

  @Test
  void one_that_is_ahead_on_the_same_timeline_is_copied() {
    assertThat(choice(neverPromoted(), orderly("0/9070")))
        .isEqualTo(
            new Choice(
                RejoinMethod.BASE_BACKUP,
                "it has 112 bytes of WAL beyond 0/9000 on timeline 1, which west-0 never had; no"
                    + " rewind: both are on timeline 1, where pg_rewind finds no fork",
                from("0/9000")));
  }

  @Test
  void one_that_was_promoted_itself_is_rewound() {
    assertThat(choice(neverPromoted(), ended(Ended.STANDBY, SECOND, "0/5070")))
        .isEqualTo(
            new Choice(
                RejoinMethod.REWIND,
                "it has 112 bytes of WAL beyond 0/5000 on timeline 1, which west-0 never had",
                from("0/5000")));
    assertThat(choice(neverPromoted(), ended(Ended.STANDBY, SECOND, "0/5000")))
        .isEqualTo(
            new Choice(
                RejoinMethod.REWIND,
                "it was promoted to timeline 2, and wrote nothing there",
                Optional.empty()));
  }

  @Test
  void without_an_ancestor_in_common_it_is_copied_and_all_its_wal_is_kept() {
    assertThat(
            choice(
                neverPromoted(),
                ended(Ended.STANDBY, new TimelineHistory(new TimelineId(3), List.of()), "0/4000")))
        .isEqualTo(
            new Choice(
                RejoinMethod.BASE_BACKUP, "timelines 3 and 1 have no ancestor in common", all()));
  }
}
