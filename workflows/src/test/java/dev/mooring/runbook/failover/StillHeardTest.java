package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.MemberLoad;
import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.SenderPositions;
import dev.mooring.port.Witnessed;
import dev.mooring.port.Witnessed.Database;
import dev.mooring.port.Witnessed.Look;
import dev.mooring.port.Witnessed.OnHost;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.failover.PrimaryVerdict.State;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing comes from east-0 to any witness; what its standbys receive meanwhile. */
class StillHeardTest {
  private static final Cluster STRAIT = Strait.cluster();
  private static final String PRIMARY = "127.31.10.1";
  private static final String EAST_ONE = "127.31.10.2";
  private static final int PORT = 6000;

  private static MemberObserved standby(String id, long at, Receiver from, String... serves) {
    return standby(id, at, List.of(from), serves);
  }

  private static MemberObserved standby(String id, long at, List<Receiver> from, String... serves) {
    Lsn position = new Lsn(at);
    return new MemberObserved(
        new InstanceId(id),
        new SystemIdentifier(7),
        new Standing(true, new TimelineId(1), position, new Replay(position, false, ""), 0, false),
        new Replication(
            Stream.of(serves)
                .map(
                    name ->
                        new Sender(
                            name, "", "streaming", "async", 0, "", 0, 0, new SenderPositions()))
                .toList(),
            List.of(),
            from),
        List.of(),
        new MemberLoad(0, 0, 0, 0));
  }

  private static Receiver from(String host, long heard) {
    return new Receiver("streaming", host, PORT, "", heard, "", "");
  }

  private static Witnessed silent(String machine) {
    return new Witnessed(
        machine,
        machine,
        Collections.nCopies(
            WitnessCheck.LOOKS, new Look(Database.SILENT, OnHost.SILENT, "nothing")));
  }

  private final List<Instance> askedAgain = new ArrayList<>();

  private PrimaryVerdict verdict(List<MemberObserved> first, MemberObserved... again) {
    return verdict(Duration.ZERO, first, again);
  }

  private PrimaryVerdict verdict(
      Duration silentFor, List<MemberObserved> first, MemberObserved... again) {
    return verdict(List.of(silent("a"), silent("b")), silentFor, first, again);
  }

  private PrimaryVerdict verdict(
      List<Witnessed> witnesses,
      Duration silentFor,
      List<MemberObserved> first,
      MemberObserved... again) {
    Instance primary = STRAIT.member(new InstanceId("east-0")).orElseThrow();
    return new StillHeard(STRAIT, primary, first, silentFor)
        .verdict(
            witnesses,
            which -> {
              askedAgain.addAll(which);
              return Stream.of(again)
                  .filter(seen -> which.stream().anyMatch(w -> w.id().equals(seen.instance())))
                  .toList();
            });
  }

  private State of(MemberObserved first, MemberObserved again) {
    return verdict(List.of(first), again).state();
  }

  @Test
  void one_that_streamed_and_hears_nothing_any_more_says_nothing_against_its_death() {
    MemberObserved west = standby("west-0", 900, from(PRIMARY, 5));
    assertThat(of(west, west)).isEqualTo(State.HOST_DEAD);
    assertThat(verdict(List.of(standby("west-0", 900, List.of()))).state())
        .isEqualTo(State.HOST_DEAD);
    assertThat(verdict(List.of(west)).state()).isEqualTo(State.HOST_DEAD);
  }

  @Test
  void one_that_got_more_of_it_meanwhile_shows_that_it_runs() {
    assertThat(
            of(standby("west-0", 900, from(PRIMARY, 0)), standby("west-0", 950, from(PRIMARY, 0))))
        .isEqualTo(State.CUT_OFF);
  }

  /** The worker runs on the standby's own host: one machine is too few to call the host dead. */
  @Test
  void one_that_hears_from_it_is_asked_however_few_have_looked() {
    MemberObserved before = standby("west-0", 900, from(PRIMARY, 5));
    PrimaryVerdict heard =
        verdict(
            List.of(silent("a")),
            Duration.ZERO,
            List.of(before),
            standby("west-0", 950, from(PRIMARY, 6)));
    assertThat(heard.state()).isEqualTo(State.CUT_OFF);
    assertThat(heard.isHeard()).isTrue();
    PrimaryVerdict perhaps =
        verdict(
            List.of(silent("a")),
            Duration.ZERO,
            List.of(standby("west-0", 900, from("db.example", 5))),
            standby("west-0", 900, from("db.example", 6)));
    assertThat(perhaps.state()).isEqualTo(State.UNKNOWN);
    assertThat(perhaps.isHeard()).isTrue();
    PrimaryVerdict nothing = verdict(List.of(silent("a")), Duration.ZERO, List.of(before), before);
    assertThat(nothing.state()).isEqualTo(State.UNKNOWN);
    assertThat(nothing.isHeard()).isFalse();
  }

  /** It has no clients, and nothing to send. */
  @Test
  void one_that_heard_from_it_meanwhile_shows_that_it_runs_without_any_wal() {
    assertThat(
            of(standby("west-0", 900, from(PRIMARY, 5)), standby("west-0", 900, from(PRIMARY, 6))))
        .isEqualTo(State.CUT_OFF);
  }

  private static MemberObserved atClock(MemberObserved seen, long clock) {
    Standing at = seen.standing();
    return new MemberObserved(
        seen.instance(),
        seen.system(),
        new Standing(
            true, at.timeline(), at.received(), new Replay(at.replayed(), false, ""), clock, false),
        seen.replication(),
        seen.settings(),
        seen.load());
  }

  /** It says nothing for half a minute, and said something since nobody reaches it. */
  @Test
  void a_word_that_came_after_the_silence_began_shows_that_it_runs() {
    MemberObserved tenSecondsAgo = atClock(standby("west-0", 900, from(PRIMARY, 50_000)), 60_000);
    Duration silentFor = Duration.ofSeconds(30);
    assertThat(verdict(silentFor, List.of(tenSecondsAgo), tenSecondsAgo).state())
        .isEqualTo(State.CUT_OFF);
    MemberObserved before = atClock(standby("west-0", 900, from(PRIMARY, 31_000)), 60_000);
    assertThat(verdict(silentFor, List.of(before), before).state()).isEqualTo(State.HOST_DEAD);
    assertThat(verdict(List.of(tenSecondsAgo), tenSecondsAgo).state()).isEqualTo(State.HOST_DEAD);
  }

  /** Nobody writes at night: the next word comes half a minute after the last one. */
  @Test
  void one_that_heard_from_it_lately_says_that_it_may_be_there() {
    MemberObserved lately = atClock(standby("west-0", 900, from(PRIMARY, 40_000)), 60_000);
    PrimaryVerdict verdict = verdict(List.of(lately), lately);
    assertThat(verdict.state()).isEqualTo(State.HOST_DEAD);
    assertThat(verdict.isHeard()).isTrue();
    assertThat(verdict(List.of(lately)).isHeard()).isTrue();
    MemberObserved longAgo = atClock(standby("west-0", 900, from(PRIMARY, 15_000)), 60_000);
    assertThat(verdict(List.of(longAgo), longAgo).isHeard()).isFalse();
    MemberObserved ended = atClock(standby("west-0", 900, List.of()), 60_000);
    assertThat(verdict(List.of(lately), ended).isHeard()).isFalse();
  }

  /** By the clock that was set back the last word is of a time to come, or of a moment ago. */
  @Test
  void a_clock_that_was_set_back_makes_it_cut_off_and_one_set_forward_says_nothing() {
    Duration silentFor = Duration.ofSeconds(30);
    MemberObserved back = atClock(standby("west-0", 900, from(PRIMARY, 31_000)), 20_000);
    assertThat(verdict(silentFor, List.of(back), back).state()).isEqualTo(State.CUT_OFF);
    MemberObserved forward = atClock(standby("west-0", 900, from(PRIMARY, 50_000)), 3_660_000);
    assertThat(verdict(silentFor, List.of(forward), forward).state()).isEqualTo(State.HOST_DEAD);
    MemberObserved hearing = atClock(standby("west-0", 900, from(PRIMARY, 51_000)), 3_661_000);
    assertThat(verdict(silentFor, List.of(forward), hearing).state()).isEqualTo(State.CUT_OFF);
  }

  /** Whoever was named may not be the primary, and that one is. */
  @Test
  void one_that_hears_from_another_member_which_is_silent_may_hear_the_primary() {
    PrimaryVerdict verdict =
        verdict(
            List.of(standby("west-0", 900, from(EAST_ONE, 5))),
            standby("west-0", 900, from(EAST_ONE, 6)));
    assertThat(verdict.state()).isEqualTo(State.UNKNOWN);
    assertThat(verdict.why()).endsWith("which may be it: east-1 is silent there");
  }

  /** A name, or an address of another network, may be its. */
  @Test
  void whoever_hears_from_an_address_that_no_member_has_may_hear_it() {
    PrimaryVerdict verdict =
        verdict(
            List.of(standby("west-0", 900, from("db.example", 5))),
            standby("west-0", 900, from("db.example", 6)));
    assertThat(verdict.state()).isEqualTo(State.UNKNOWN);
    assertThat(verdict.why())
        .isEqualTo(
            "its host does not answer, and west-0 still gets messages from db.example:6000,"
                + " which may be it: the cluster file has that for no member");
    assertThat(
            of(
                standby("west-0", 900, from("db.example", 5)),
                standby("west-0", 900, from("db.example", 5))))
        .isEqualTo(State.HOST_DEAD);
  }

  @Test
  void one_that_hears_from_the_standby_above_it_says_nothing_of_the_primary() {
    MemberObserved above = standby("east-1", 900, from(PRIMARY, 5));
    MemberObserved below = standby("west-0", 800, from(EAST_ONE, 5));
    assertThat(
            verdict(List.of(above, below), above, standby("west-0", 900, from(EAST_ONE, 6)))
                .state())
        .isEqualTo(State.HOST_DEAD);
    assertThat(askedAgain).extracting(one -> one.id().value()).containsExactly("east-1");
  }

  /** It connects by a name, and that standby shows it among those it sends to. */
  @Test
  void one_that_a_standby_shows_among_its_senders_hears_from_that_one() {
    MemberObserved above = standby("east-1", 900, from(PRIMARY, 5), "west_0");
    MemberObserved below = standby("west-0", 800, from("e1.example", 5));
    MemberObserved more = standby("west-0", 900, from("e1.example", 6));
    assertThat(verdict(List.of(above, below), above, more).state()).isEqualTo(State.HOST_DEAD);
    MemberObserved elsewhere = standby("east-1", 900, from(PRIMARY, 5), "north_0");
    assertThat(verdict(List.of(elsewhere, below), elsewhere, more).state())
        .isEqualTo(State.UNKNOWN);
  }

  @Test
  void a_standby_of_which_nothing_says_where_it_streams_from_may_hear_it() {
    assertThat(Optional.of(standby("west-0", 900, from("", 5))))
        .map(west -> of(west, standby("west-0", 901, from("", 5))))
        .contains(State.UNKNOWN);
  }
}
