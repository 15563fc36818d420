package dev.mooring.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.Pace;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A sign counts after so many looks one after another, and ends after so many. */
class SteadySignsTest {
  private static final InstanceId EAST = new InstanceId("east-0");
  private static final Sign WRITES = new Sign(Kind.ROLE, EAST, Sign.ACCEPTS_WRITES);
  private static final Sign STANDS_BY = new Sign(Kind.ROLE, EAST, Sign.STANDS_BY);
  private static final Sign SILENT = new Sign(Kind.ROLE, EAST, "DATABASE_UNREACHABLE");
  private static final Sign UNUSED = new Sign(Kind.SLOT_UNUSED, EAST, "west_0");

  private final SteadySigns signs = new SteadySigns(pace(3, 2), List.of(WRITES), List.of());

  private static final Sign REFUSED = new Sign(Kind.ROLE, EAST, "AUTHENTICATION_REFUSED");
  private static final Sign PAUSED = new Sign(Kind.REPLAY, EAST, "paused");
  private static final Sign REPLAYS = new Sign(Kind.REPLAY, EAST, Sign.REPLAYS);

  private static Pace pace(int beginAfter, int endAfter) {
    return new Pace(Duration.ofSeconds(10), beginAfter, endAfter, 5);
  }

  private List<Sign> looks(int times, Sign... look) {
    List<Sign> last = List.of();
    for (int i = 0; i < times; i++) {
      last = signs.after(List.of(look));
    }
    return last;
  }

  /** Members are looked at one after another: an old role beside a new one is false. */
  @Test
  void a_role_that_a_look_contradicts_is_unknown_until_the_new_one_is_steady() {
    assertThat(looks(1, STANDS_BY)).isEmpty();
    assertThat(looks(1, STANDS_BY)).isEmpty();
    assertThat(looks(1, STANDS_BY)).containsExactly(STANDS_BY);
  }

  @Test
  void a_silent_server_is_so_after_so_many_looks_and_until_so_many_others() {
    assertThat(looks(2, SILENT)).isEmpty();
    assertThat(looks(1, SILENT)).containsExactly(SILENT);
    assertThat(looks(1, WRITES)).containsExactly(SILENT);
    assertThat(looks(1, WRITES)).containsExactly(WRITES);
  }

  /** Before the role of its primary counts, which it explains. */
  @Test
  void the_end_of_wal_counts_at_once_and_does_not_come_and_go() {
    Sign end = new Sign(Kind.WAL_END, EAST, Sign.SHUT_DOWN);
    assertThat(looks(1, WRITES, end)).contains(end);
    assertThat(looks(1, WRITES)).contains(end);
    assertThat(looks(1, WRITES)).containsExactly(WRITES);
  }

  /** One that crashes, recovers and crashes again shows another failure at each look. */
  @Test
  void trouble_is_steady_whatever_its_words_are() {
    looks(1, SILENT);
    looks(1, REFUSED);
    assertThat(looks(1, SILENT)).containsExactly(SILENT);
    assertThat(looks(2, REFUSED)).containsExactly(SILENT);
    assertThat(looks(1, REFUSED)).containsExactly(REFUSED);
  }

  @Test
  void what_comes_and_goes_never_counts() {
    SteadySigns other = new SteadySigns(pace(3, 2), List.of(REPLAYS), List.of());
    for (int round = 0; round < 10; round++) {
      other.after(List.of(PAUSED));
      assertThat(other.after(List.of(PAUSED, UNUSED))).containsExactly(REPLAYS);
      assertThat(other.after(List.of(REPLAYS))).containsExactly(REPLAYS);
    }
    other.after(List.of(REPLAYS, UNUSED));
    other.after(List.of(REPLAYS, UNUSED));
    assertThat(other.after(List.of(REPLAYS, UNUSED))).containsExactly(REPLAYS, UNUSED);
  }

  private static Sign sends(String words) {
    return new Sign(Kind.SENDS_TO, EAST, words);
  }

  @Test
  void a_standby_that_comes_and_goes_keeps_no_other_from_counting() {
    SteadySigns other = new SteadySigns(pace(3, 2), List.of(), List.of());
    Sign solid = sends(Sign.streams("west_0"));
    List<Sign> counts = List.of();
    for (int look = 0; look < 10; look++) {
      counts =
          other.after(
              List.of(solid, sends(look % 2 == 0 ? Sign.streams("a, b") : Sign.absent("a, b"))));
    }
    assertThat(counts).containsExactly(solid);
  }

  @Test
  void an_old_absence_of_a_standby_does_not_count_beside_a_look_that_finds_it() {
    Sign absent = sends(Sign.absent("west_0"));
    SteadySigns other = new SteadySigns(pace(3, 2), List.of(absent), List.of());
    assertThat(other.after(List.of(sends(Sign.streams("west_0"))))).isEmpty();
    other.after(List.of(absent));
    assertThat(other.after(List.of(absent))).isEmpty();
    assertThat(other.after(List.of(absent))).containsExactly(absent);
  }

  @Test
  void what_is_seen_no_more_is_not_known_after_so_many_looks() {
    assertThat(looks(2)).containsExactly(WRITES);
    assertThat(looks(1)).isEmpty();
  }

  @Test
  void nothing_counts_at_first() {
    SteadySigns first = new SteadySigns(pace(2, 5), List.of(), List.of());
    assertThat(first.after(List.of(WRITES, UNUSED))).isEmpty();
    assertThat(first.after(List.of(WRITES, UNUSED))).containsExactly(WRITES, UNUSED);
  }

  /** A call ends at the first change; the next goes on counting. */
  @Test
  void another_goes_on_from_what_was_about_to_count() {
    SteadySigns first = new SteadySigns(pace(3, 2), List.of(WRITES, UNUSED), List.of());
    List<Sign> counts = first.after(List.of(SILENT));
    assertThat(counts).containsExactly(UNUSED);
    SteadySigns next = new SteadySigns(pace(3, 2), counts, first.pending());
    assertThat(next.after(List.of(SILENT))).isEmpty();
    assertThat(next.after(List.of(SILENT))).containsExactly(SILENT);
  }

  private static final Sign FAILS = new Sign(Kind.NOT_STREAMING, EAST, "");

  private static List<Sign> fails(SteadySigns signs, int looks) {
    List<Sign> counts = List.of();
    for (int i = 0; i < looks; i++) {
      counts = signs.after(List.of(FAILS));
    }
    return counts;
  }

  @Test
  void a_standby_is_to_be_resilvered_after_the_fifth_look_that_fails_not_the_fourth() {
    SteadySigns first = new SteadySigns(pace(3, 2), List.of(), List.of());
    assertThat(fails(first, 4)).isEmpty();
    assertThat(fails(first, 1)).containsExactly(FAILS);
  }

  @Test
  void a_look_that_finds_it_streaming_begins_the_count_anew() {
    SteadySigns first = new SteadySigns(pace(3, 2), List.of(), List.of());
    fails(first, 4);
    first.after(List.of());
    assertThat(fails(first, 4)).isEmpty();
    assertThat(fails(first, 1)).containsExactly(FAILS);
  }

  @Test
  void it_never_counts_without_a_reaction() {
    Pace off = new Pace(Duration.ofSeconds(10), 3, 2, 0);
    assertThat(fails(new SteadySigns(off, List.of(), List.of()), 100)).isEmpty();
  }
}
