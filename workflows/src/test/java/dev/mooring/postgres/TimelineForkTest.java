package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.postgres.TimelineHistory.Entry;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TimelineForkTest {
  private static final TimelineHistory FIRST = TimelineHistory.first();
  private static final TimelineHistory SECOND = history(2, entry(1, "0/5000"));

  private static Entry entry(long parent, String at) {
    return new Entry(new TimelineId(parent), Lsn.parse(at), "no recovery target specified");
  }

  private static TimelineHistory history(long of, Entry... entries) {
    return new TimelineHistory(new TimelineId(of), List.of(entries));
  }

  private static void parts(TimelineHistory one, TimelineHistory other, long timeline, String at) {
    Optional<TimelineFork> fork =
        Optional.of(
            new TimelineFork(
                new TimelineId(timeline),
                at.isEmpty() ? Optional.empty() : Optional.of(Lsn.parse(at))));
    assertThat(TimelineFork.of(one, other)).isEqualTo(fork);
    assertThat(TimelineFork.of(other, one)).isEqualTo(fork);
  }

  @Test
  void two_on_one_timeline_have_not_parted() {
    parts(FIRST, FIRST, 1, "");
    parts(SECOND, SECOND, 2, "");
  }

  @Test
  void one_that_was_promoted_left_the_other_where_it_was_promoted() {
    parts(FIRST, SECOND, 1, "0/5000");
    parts(SECOND, history(3, entry(1, "0/5000"), entry(2, "0/6000")), 2, "0/6000");
    parts(FIRST, history(3, entry(1, "0/5000"), entry(2, "0/6000")), 1, "0/5000");
  }

  @Test
  void two_that_were_promoted_parted_where_the_first_was() {
    parts(SECOND, history(3, entry(1, "0/4000")), 1, "0/4000");
    parts(SECOND, history(2, entry(1, "0/6000")), 1, "0/5000");
  }

  @Test
  void two_promoted_at_one_place_to_other_timelines_parted_there() {
    parts(SECOND, history(3, entry(1, "0/5000")), 1, "0/5000");
  }

  @Test
  void what_comes_after_they_parted_does_not_count() {
    parts(
        history(4, entry(1, "0/5000"), entry(2, "0/7000")),
        history(5, entry(1, "0/6000"), entry(3, "0/8000")),
        1,
        "0/5000");
  }

  @Test
  void others_have_no_timeline_in_common() {
    assertThat(TimelineFork.of(history(3), FIRST)).isEmpty();
    assertThat(TimelineFork.of(history(4, entry(2, "0/5000")), SECOND)).isEmpty();
  }
}
