package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Strait;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What steady signs come to, tried with values. */
class DiagnosesTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final SiteName EAST = new SiteName("east");
  private static final SiteName WEST = new SiteName("west");

  private final Cluster cluster = Strait.cluster();
  private final List<Sign> east = new ArrayList<>();
  private final List<Sign> west = new ArrayList<>();
  private Optional<String> lost = Optional.empty();

  /** East-0 accepts writes, the others stream from it. */
  DiagnosesTest() {
    writer("east-0");
    standby("east-1");
    standby("west-0");
  }

  private List<Sign> at(String member) {
    return member.startsWith("east") ? east : west;
  }

  private void set(Kind kind, String member, String words) {
    unset(kind, member);
    at(member).add(new Sign(kind, new InstanceId(member), words));
  }

  private void add(Kind kind, String member, String words) {
    at(member).add(new Sign(kind, new InstanceId(member), words));
  }

  private void unset(Kind kind, String member) {
    at(member).removeIf(sign -> sign.kind() == kind && sign.subject().value().equals(member));
  }

  private void shown(String member) {
    at(member).removeIf(sign -> sign.subject().value().equals(member));
    set(Kind.SYSTEM, member, "7300000000000000001");
    set(Kind.TIMELINE, member, "1");
    set(Kind.HOST, member, Sign.ANSWERS);
    set(Kind.AUTHORITY, member, "");
  }

  private void writer(String member) {
    shown(member);
    set(Kind.ROLE, member, Sign.ACCEPTS_WRITES);
    set(Kind.STANDBYS, member, Sign.SOME);
    set(Kind.WAITS_FOR, member, "");
    set(Kind.ARCHIVER, member, Sign.ARCHIVES);
  }

  private void standby(String member) {
    shown(member);
    set(Kind.ROLE, member, Sign.STANDS_BY);
    set(Kind.RECEIVER, member, Sign.STREAMS);
    set(Kind.REPLAY, member, Sign.REPLAYS);
  }

  private void silent(String member) {
    at(member).removeIf(sign -> sign.subject().value().equals(member));
    set(Kind.ROLE, member, "DATABASE_UNREACHABLE");
    set(Kind.HOST, member, Sign.ANSWERS);
  }

  private List<Diagnosis> diagnoses(Cluster of) {
    return Diagnoses.of(
        of,
        List.of(
            SiteState.watched(EAST, east),
            lost.map(why -> SiteState.lost(WEST, why))
                .orElseGet(() -> SiteState.watched(WEST, west))),
        List.of(),
        NOW);
  }

  private List<String> found() {
    return found(cluster);
  }

  private List<String> found(Cluster of) {
    return diagnoses(of).stream().map(one -> one.kind().id() + " " + one.subject()).toList();
  }

  @Test
  void a_cluster_that_streams_has_none() {
    assertThat(found()).isEmpty();
  }

  @Test
  void a_primary_that_is_silent_is_down() {
    silent("east-0");
    set(Kind.RECEIVER, "west-0", "none");
    assertThat(found()).containsExactly("primary-down strait", "member-silent east-0");
  }

  @Test
  void one_that_refuses_the_login_may_be_the_primary() {
    set(Kind.ROLE, "east-0", "AUTHENTICATION_REFUSED");
    assertThat(found()).containsExactly("member-silent east-0");
  }

  @Test
  void a_member_of_which_nothing_is_known_yet_may_be_the_primary() {
    unset(Kind.ROLE, "east-0");
    assertThat(found()).isEmpty();
  }

  @Test
  void two_that_accept_writes_are_critical() {
    writer("west-0");
    assertThat(found()).containsExactly("two-writable east-0, west-0");
  }

  @Test
  void nothing_is_known_of_a_site_that_nobody_looks_at() {
    lost = Optional.of("no worker");
    assertThat(found()).containsExactly("site-not-watched west");
  }

  @Test
  void a_primary_at_such_a_site_is_not_down_while_a_standby_streams() {
    lost = Optional.of("no worker");
    standby("east-0");
    assertThat(found()).containsExactly("site-not-watched west");
    set(Kind.RECEIVER, "east-0", "none");
    set(Kind.RECEIVER, "east-1", "none");
    assertThat(found()).containsExactly("primary-down strait", "site-not-watched west");
  }

  @Test
  void a_primary_without_standbys_is_alone() {
    set(Kind.STANDBYS, "east-0", "none");
    set(Kind.RECEIVER, "east-1", "none");
    silent("west-0");
    assertThat(found()).containsExactly("no-standby-streaming east-0", "member-silent west-0");
  }

  @Test
  void a_standby_that_does_not_stream_is_named() {
    set(Kind.RECEIVER, "west-0", "silent");
    assertThat(found()).containsExactly("receiver-not-streaming west-0");
  }

  @Test
  void one_on_another_timeline_must_be_made_a_standby_again() {
    set(Kind.RECEIVER, "west-0", "none");
    set(Kind.TIMELINE, "west-0", "2");
    assertThat(found()).containsExactly("timeline-drift west-0");
  }

  @Test
  void one_of_another_system_is_critical() {
    set(Kind.SYSTEM, "west-0", "7300000000000000002");
    assertThat(found()).containsExactly("identity-drift west-0");
  }

  @Test
  void who_may_write_by_the_hosts_is_who_accepts_writes() {
    set(Kind.AUTHORITY, "east-0", "west-0");
    set(Kind.AUTHORITY, "west-0", "west-0");
    set(Kind.AUTHORITY, "east-1", "none");
    assertThat(found()).containsExactly("promoted-by-hand east-0", "authority-drift west-0");
  }

  @Test
  void commits_that_are_to_wait_and_do_not_are_named() {
    Cluster synchronous = Strait.synchronous();
    assertThat(found(synchronous)).containsExactly("sync-set-empty east-0");
    set(Kind.WAITS_FOR, "east-0", "FIRST 1 (west_0)");
    assertThat(found(synchronous)).isEmpty();
  }

  @Test
  void an_archiver_that_is_not_read_is_not_taken_for_good() {
    for (String state : List.of("fails", "behind", "unread")) {
      set(Kind.ARCHIVER, "east-0", state);
      assertThat(found()).containsExactly("archiving-failing east-0");
    }
  }

  @Test
  void what_each_member_shows_of_itself_is_named() {
    set(Kind.REPLAY, "west-0", "paused");
    set(Kind.HOST, "east-1", "HOST_UNREACHABLE");
    add(Kind.LAGS, "east-0", "west_0");
    add(Kind.SLOT_UNUSED, "east-0", "old");
    add(Kind.SLOT_LOST, "east-0", "older");
    assertThat(found())
        .containsExactly(
            "slot-lost east-0/older",
            "host-silent east-1",
            "lag-bytes west_0",
            "replay-paused west-0",
            "slot-inactive east-0/old");
  }

  @Test
  void one_that_goes_on_keeps_the_time_at_which_it_began() {
    set(Kind.REPLAY, "west-0", "paused");
    List<Diagnosis> first = diagnoses(cluster);
    List<Diagnosis> later =
        Diagnoses.of(
            cluster,
            List.of(SiteState.watched(EAST, east), SiteState.watched(WEST, west)),
            first,
            NOW.plusSeconds(60));
    assertThat(later).isEqualTo(first);
    assertThat(later.get(0).since()).isEqualTo(NOW);
  }

  @Test
  void all_that_are_critical_come_first_and_have_a_page() {
    assertThat(DiagnosisKind.values())
        .extracting(DiagnosisKind::level)
        .isSortedAccordingTo((one, other) -> other.compareTo(one));
    assertThat(DiagnosisKind.PRIMARY_DOWN.id()).isEqualTo("primary-down");
  }
}
