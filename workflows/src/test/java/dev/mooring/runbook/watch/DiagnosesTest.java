package dev.mooring.runbook.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What steady signs come to, tried with values. */
class DiagnosesTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final SiteName EAST = new SiteName("east");
  private static final SiteName WEST = new SiteName("west");
  private static final InstanceId DEEP_0 = new InstanceId("deep-0");

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
    set(Kind.DISK, member, Sign.ROOM);
    set(Kind.PROCESS, member, Sign.STANDS_BY);
    set(Kind.AUTHORITY, member, "");
  }

  private void writer(String member) {
    shown(member);
    set(Kind.ROLE, member, Sign.ACCEPTS_WRITES);
    set(Kind.PROCESS, member, Sign.RUNS);
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
    set(Kind.PROCESS, member, "none");
  }

  private void nobodyStreams() {
    for (String member : List.of("east-1", "west-0")) {
      set(Kind.RECEIVER, member, "none");
    }
  }

  private void streamsFrom(String standby, String sender) {
    Instance from =
        cluster.members().stream()
            .filter(i -> i.id().value().equals(sender))
            .findFirst()
            .orElseThrow();
    set(Kind.RECEIVER, standby, Sign.STREAMS);
    set(
        Kind.SENDER,
        standby,
        Sign.sender(cluster.host(from.host()).access().address(), from.port()));
  }

  private List<Diagnosis> after(List<Diagnosis> before, int seconds) {
    return Diagnoses.of(cluster, sites(), before, NOW.plusSeconds(seconds));
  }

  private static List<String> ids(List<Diagnosis> diagnoses) {
    return diagnoses.stream().map(one -> one.kind().id() + " " + one.subject()).toList();
  }

  private SiteState watched(SiteName site, List<Sign> signs) {
    return SiteState.watched(site, cluster.membersAt(site), signs);
  }

  private List<SiteState> sites() {
    return List.of(
        watched(EAST, east),
        lost.map(why -> SiteState.lost(WEST, why)).orElseGet(() -> watched(WEST, west)));
  }

  private List<Diagnosis> diagnoses(Cluster of) {
    return Diagnoses.of(of, sites(), List.of(), NOW);
  }

  private List<String> found() {
    return found(cluster);
  }

  private List<String> found(Cluster of) {
    return ids(diagnoses(of));
  }

  @Test
  void a_cluster_that_streams_has_none() {
    assertThat(found()).isEmpty();
  }

  @Test
  void a_primary_that_is_silent_is_down() {
    silent("east-0");
    nobodyStreams();
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

  /** It has no connection left, recovers, or a firewall stands between it and us. */
  @Test
  void a_primary_that_a_standby_hears_is_not_down() {
    silent("east-0");
    streamsFrom("west-0", "east-0");
    set(Kind.RECEIVER, "east-1", "none");
    assertThat(found()).containsExactly("member-silent east-0");
  }

  @Test
  void what_streams_from_a_standby_proves_no_primary() {
    silent("east-0");
    set(Kind.RECEIVER, "east-1", "none");
    streamsFrom("west-0", "east-1");
    assertThat(found()).containsExactly("primary-down strait", "member-silent east-0");
  }

  @Test
  void a_postmaster_that_runs_as_a_primary_and_does_not_answer_is_silent() {
    silent("east-0");
    nobodyStreams();
    set(Kind.PROCESS, "east-0", Sign.RUNS);
    assertThat(found()).containsExactly("member-silent east-0");
    set(Kind.PROCESS, "east-0", Sign.STANDS_BY);
    assertThat(found()).containsExactly("primary-down strait", "member-silent east-0");
  }

  /** The role that a look contradicted is not known. */
  @Test
  void a_switchover_opens_nothing() {
    unset(Kind.ROLE, "east-0");
    writer("west-0");
    assertThat(found()).isEmpty();
    standby("east-0");
    unset(Kind.ROLE, "west-0");
    assertThat(found()).isEmpty();
  }

  @Test
  void a_look_that_contradicts_the_primary_ends_no_diagnosis() {
    set(Kind.RECEIVER, "west-0", "none");
    List<Diagnosis> before = diagnoses(cluster);
    unset(Kind.ROLE, "east-0");
    assertThat(after(before, 60)).isEqualTo(before);
    set(Kind.RECEIVER, "west-0", Sign.STREAMS);
    assertThat(after(before, 60)).isEmpty();
  }

  @Test
  void two_that_accept_writes_stay_until_one_is_known_not_to() {
    writer("west-0");
    List<Diagnosis> before = diagnoses(cluster);
    lost = Optional.of("no worker");
    assertThat(ids(after(before, 60)))
        .containsExactly("two-writable east-0, west-0", "site-not-watched west");
    lost = Optional.empty();
    standby("west-0");
    assertThat(after(before, 60)).isEmpty();
  }

  @Test
  void a_primary_that_is_down_stays_so_until_one_is_seen() {
    silent("east-0");
    nobodyStreams();
    List<Diagnosis> before = diagnoses(cluster);
    unset(Kind.ROLE, "east-0");
    assertThat(ids(after(before, 60)))
        .containsExactly("primary-down strait", "member-silent east-0");
    writer("east-0");
    assertThat(ids(after(before, 60))).doesNotContain("primary-down strait");
  }

  @Test
  void what_was_wrong_at_a_site_that_nobody_looks_at_is_not_over() {
    set(Kind.REPLAY, "west-0", "paused");
    set(Kind.RECEIVER, "west-0", "none");
    List<Diagnosis> before = diagnoses(cluster);
    lost = Optional.of("no worker");
    List<Diagnosis> unseen = after(before, 60);
    assertThat(ids(unseen))
        .containsExactly(
            "site-not-watched west", "receiver-not-streaming west-0", "replay-paused west-0");
    Diagnosis paused = unseen.get(2);
    assertThat(paused.since()).isEqualTo(NOW);
    assertThat(paused.unseenSince()).containsExactly(NOW.plusSeconds(60));
    assertThat(paused.text()).endsWith("; not observed since " + NOW.plusSeconds(60));
    assertThat(after(unseen, 120)).isEqualTo(unseen);
    lost = Optional.empty();
    assertThat(after(unseen, 180)).isEqualTo(before);
    standby("west-0");
    assertThat(after(unseen, 180)).isEmpty();
  }

  @Test
  void a_primary_that_nobody_can_see_is_not_down() {
    List<SiteState> none = List.of(SiteState.lost(EAST, "gone"), SiteState.lost(WEST, "gone"));
    assertThat(ids(Diagnoses.of(cluster, none, List.of(), NOW)))
        .containsExactly("site-not-watched east", "site-not-watched west");
    unset(Kind.RECEIVER, "west-0");
    assertThat(
            ids(
                Diagnoses.of(
                    cluster,
                    List.of(SiteState.lost(EAST, "gone"), watched(WEST, west)),
                    List.of(),
                    NOW)))
        .containsExactly("site-not-watched east");
  }

  @Test
  void a_primary_beside_which_all_are_fed_by_the_archive_has_no_standby_to_miss() {
    set(Kind.STANDBYS, "east-0", "none");
    unset(Kind.RECEIVER, "east-1");
    unset(Kind.RECEIVER, "west-0");
    assertThat(found(Strait.fedByArchive())).isEmpty();
    assertThat(found()).containsExactly("no-standby-streaming east-0");
  }

  @Test
  void one_that_left_the_cluster_file_is_not_waited_for() {
    Diagnosis before =
        new Diagnosis(DiagnosisKind.TWO_WRITABLE, "east-0, gone-0", "both", "whois", NOW);
    assertThat(after(List.of(before), 60)).isEmpty();
  }

  @Test
  void with_two_that_accept_writes_only_what_ends_that_is_advised() {
    writer("west-0");
    assertThat(found()).containsExactly("two-writable east-0, west-0");
    set(Kind.HOST, "west-0", "HOST_UNREACHABLE");
    assertThat(after(List.of(), 0))
        .filteredOn(one -> one.kind() != DiagnosisKind.TWO_WRITABLE)
        .extracting(Diagnosis::remedy)
        .containsOnly("first end the split brain, then `mooring status strait`");
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "west_0 | west_0 lost | slot west_0 of east-0 has lost the WAL that it needs | status",
        "west_0 | west_0 unused | slot west_0 of east-0 keeps no WAL, and the WAL that it needs may"
            + " be removed | resilver",
        "west_0 | east_1 used | east-0 has no slot west_0 | replicate setup",
        "west_0 | east_1 used, west_0 | slot west_0 of east-0 keeps its WAL, so it may be unable to"
            + " connect | replicate setup",
        "'' | east_1, west_0 | it uses no slot: it may be unable to connect, or WAL that it needs"
            + " was removed | resilver"
      })
  void the_cause_why_a_standby_does_not_stream_is_named_with_its_command(
      String named, String slots, String cause, String command) {
    set(Kind.SLOT_NAMED, "west-0", named);
    set(Kind.SLOTS, "east-0", slots);
    set(Kind.RECEIVER, "west-0", "none");
    Diagnosis one = diagnoses(cluster).get(0);
    assertThat(one.kind()).isEqualTo(DiagnosisKind.RECEIVER_NOT_STREAMING);
    assertThat(one.sentence())
        .isEqualTo("west-0 does not stream: its WAL receiver does not run; " + cause);
    assertThat(one.remedy()).contains("`mooring " + command + " strait");

    set(Kind.STANDBYS, "east-0", "none");
    set(Kind.RECEIVER, "east-1", "none");
    Diagnosis alone = diagnoses(cluster).get(0);
    assertThat(alone.kind()).isEqualTo(DiagnosisKind.NO_STANDBY_STREAMING);
    assertThat(alone.sentence()).endsWith("; west-0: " + cause);
    assertThat(alone.remedy()).isEqualTo(one.remedy());
  }

  @Test
  void neither_its_timeline_nor_its_slot_is_a_reason_to_make_one_anew_that_replays_late() {
    add(Kind.SLOT_UNUSED, "east-0", "west_0");
    assertThat(diagnoses(cluster).get(0).remedy()).startsWith("keep the slot");
    set(Kind.RECEIVER, "west-0", Sign.REPLAYS_FIRST);
    List.of("east-0", "east-1").forEach(id -> set(Kind.TIMELINE, id, "2"));
    add(Kind.SLOT_LARGE, "east-0", "west_0");
    assertThat(found()).hasSize(3).contains("receiver-not-streaming west-0");
    assertThat(diagnoses(cluster))
        .extracting(Diagnosis::remedy)
        .allMatch(remedy -> remedy.startsWith("No action needed: west-0 applies WAL late ("));
  }

  @Test
  void a_slot_in_use_is_told_from_one_that_waits_for_a_connection() {
    set(Kind.RECEIVER, "west-0", "none");
    set(Kind.SLOT_NAMED, "west-0", "west_0");
    set(Kind.SLOTS, "east-0", "west_0 used");
    assertThat(diagnoses(cluster).get(0).sentence())
        .contains("slot west_0 of east-0 is in use")
        .doesNotContain("unable to connect");
  }

  @ParameterizedTest
  @CsvSource({"west_0, west_0 used", "'', west_0"})
  void of_a_receiver_that_has_a_connection_none_to_the_connection_is_named(
      String named, String slots) {
    set(Kind.SLOT_NAMED, "west-0", named);
    set(Kind.SLOTS, "east-0", slots);
    for (String state : List.of("waiting", "restarting", "stopping")) {
      set(Kind.RECEIVER, "west-0", state);
      assertThat(diagnoses(cluster).get(0).sentence()).endsWith("its WAL receiver is " + state);
    }
  }

  @Test
  void of_one_that_hears_nothing_or_whose_slots_are_unread_no_cause_is_named() {
    set(Kind.RECEIVER, "west-0", "none");
    assertThat(diagnoses(cluster).get(0).sentence()).endsWith("its WAL receiver does not run");
    set(Kind.SLOT_NAMED, "west-0", "west_0");
    set(Kind.SLOTS, "east-0", "west_0");
    set(Kind.RECEIVER, "west-0", Sign.SILENT);
    assertThat(diagnoses(cluster).get(0).sentence())
        .endsWith("its WAL receiver gets no message from its sender");
  }

  @Test
  void one_on_another_timeline_must_be_made_a_standby_again() {
    set(Kind.RECEIVER, "west-0", "none");
    set(Kind.TIMELINE, "west-0", "2");
    assertThat(found()).containsExactly("timeline-drift west-0");
    assertThat(diagnoses(cluster).get(0).remedy())
        .isEqualTo("`mooring resilver strait --instances west-0`");
  }

  /** After a failover the new primary may lack the slot, and the standby stays where it was. */
  @Test
  void on_another_timeline_a_slot_that_is_missing_or_lost_its_wal_is_named() {
    set(Kind.RECEIVER, "west-0", "none");
    set(Kind.TIMELINE, "west-0", "2");
    set(Kind.SLOT_NAMED, "west-0", "west_0");
    set(Kind.SLOTS, "east-0", "east_1 used");
    Diagnosis missing = diagnoses(cluster).get(0);
    assertThat(missing.kind()).isEqualTo(DiagnosisKind.TIMELINE_DRIFT);
    assertThat(missing.sentence()).endsWith("; east-0 has no slot west_0");
    assertThat(missing.remedy()).contains("replicate setup", "resilver");
    set(Kind.SLOTS, "east-0", "west_0 lost");
    assertThat(diagnoses(cluster).get(0).remedy()).contains("leave it and its slot while ");
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
    for (String state : List.of("fails", "behind", "hangs", "unread")) {
      set(Kind.ARCHIVER, "east-0", state);
      assertThat(found()).containsExactly("archiving-failing east-0");
    }
  }

  @Test
  void an_archiver_that_hangs_is_shown_with_its_limit() {
    set(Kind.ARCHIVER, "east-0", "hangs");
    assertThat(diagnoses(cluster))
        .extracting(Diagnosis::sentence)
        .containsExactly(
            "the archiver of east-0 has archived nothing for more than twice the shorter of"
                + " archive_timeout and publish.every (5 min), and reports no failure; WAL files"
                + " wait for it");
  }

  @Test
  void what_each_member_shows_of_itself_is_named() {
    set(Kind.REPLAY, "west-0", "paused");
    set(Kind.HOST, "east-1", "HOST_UNREACHABLE");
    add(Kind.LAGS, "east-0", "west_0");
    add(Kind.SLOT_UNUSED, "east-0", "old");
    add(Kind.SLOT_LOST, "east-0", "older");
    add(Kind.SLOT_LARGE, "east-0", "west_0");
    add(Kind.LATE, "west-0", "");
    add(Kind.CONFLICTS, "west-0", "");
    assertThat(found())
        .containsExactly(
            "slot-lost east-0/older",
            "host-silent east-1",
            "lag-bytes east-0/west_0",
            "lag-seconds west-0",
            "replay-paused west-0",
            "recovery-conflicts west-0",
            "slot-over-limit east-0/west_0",
            "slot-inactive east-0/old");
  }

  @Test
  void a_standby_with_other_settings_than_its_primary_is_named_with_both_values() {
    set(Kind.SETTINGS, "east-0", "wal_level replica, wal_keep_size 0, wal_sender_timeout 1min");
    set(Kind.SETTINGS, "east-1", "wal_level replica, wal_keep_size 0, wal_sender_timeout 1min");
    set(Kind.SETTINGS, "west-0", "wal_level logical, wal_keep_size 0, wal_sender_timeout 5s");

    List<Diagnosis> first = diagnoses(cluster);
    assertThat(ids(first)).containsExactly("configuration-drift west-0");
    assertThat(first.get(0).sentence())
        .isEqualTo(
            "west-0 has wal_level logical, wal_sender_timeout 5s;"
                + " the primary east-0 has wal_level replica, wal_sender_timeout 1min");
    silent("east-0");
    set(Kind.PROCESS, "east-0", Sign.RUNS);
    assertThat(ids(after(first, 60))).contains("configuration-drift west-0");
    writer("east-0");
    silent("west-0");
    assertThat(ids(after(first, 60))).contains("configuration-drift west-0");
  }

  @Test
  void a_file_system_that_is_full_or_not_read_is_open_until_it_is_read_again() {
    set(Kind.DISK, "west-0", Sign.UNREAD);
    assertThat(found()).containsExactly("disk-filling west-0");
    set(Kind.DISK, "west-0", "/data about 95 %");
    List<Diagnosis> first = diagnoses(cluster);
    assertThat(first.get(0).sentence())
        .isEqualTo("the file system of west-0 is almost full: /data about 95 %; the limit is 90 %");
    unset(Kind.DISK, "west-0");
    set(Kind.HOST, "west-0", "HOST_UNREACHABLE");
    assertThat(ids(after(first, 60))).contains("disk-filling west-0");
    set(Kind.DISK, "west-0", Sign.ROOM);
    assertThat(ids(after(first, 60))).doesNotContain("disk-filling west-0");
  }

  private List<Diagnosis> ofDrSite(Kind kind, String words, List<Diagnosis> before) {
    List<SiteState> quiet = List.of(watched(EAST, east), watched(WEST, west));
    return Diagnoses.of(
            Harbour.strait(), with(quiet, new SiteName("deep"), kind, DEEP_0, words), before, NOW)
        .stream()
        .filter(one -> one.subject().equals("deep-0"))
        .toList();
  }

  @Test
  void an_instance_of_a_dr_site_may_run_only_in_recovery_and_by_a_consume() {
    List<Diagnosis> opened = ofDrSite(Kind.PROCESS, Sign.RUNS, List.of());
    assertThat(ids(opened)).containsExactly("dr-instance-opened deep-0");
    for (String started : List.of(Sign.STANDS_BY, Sign.ORPHANED)) {
      assertThat(ids(ofDrSite(Kind.PROCESS, started, opened)))
          .containsExactly("dr-instance-started deep-0");
    }
    assertThat(ofDrSite(Kind.PROCESS, Sign.NONE, opened)).isEmpty();
    List<Diagnosis> silent = ofDrSite(Kind.HOST, "HOST_UNREACHABLE", opened);
    assertThat(ids(silent)).containsExactly("dr-instance-opened deep-0", "host-silent deep-0");
    assertThat(ids(ofDrSite(Kind.AUTHORITY, "", silent)))
        .as("nothing is known of its host while a worker begins to look")
        .isEqualTo(ids(silent));
  }

  /** Both other sites may be lost, and clients write there. */
  @Test
  void an_opened_instance_of_a_dr_site_is_stopped_only_if_another_accepts_writes() {
    assertThat(ofDrSite(Kind.PROCESS, Sign.RUNS, List.of()).get(0).remedy())
        .contains("only if nobody uses it: stop it");
    silent("east-0");
    assertThat(ofDrSite(Kind.PROCESS, Sign.RUNS, List.of()).get(0).remedy())
        .doesNotContain("make it anew")
        .endsWith("`mooring whois strait`");
  }

  @Test
  void an_instance_that_its_host_can_not_read_is_told_from_a_silent_host() {
    for (String code : List.of("STATE_UNREADABLE", "HOST_PROGRAM_MISSING")) {
      Diagnosis unread = ofDrSite(Kind.HOST, code, List.of()).get(0);
      assertThat(unread.kind()).isEqualTo(DiagnosisKind.HOST_SILENT);
      assertThat(unread.sentence()).startsWith("deep-0 can't be read").endsWith(code);
    }
  }

  private static List<SiteState> with(
      List<SiteState> others, SiteName site, Kind kind, InstanceId instance, String words) {
    List<SiteState> all = new ArrayList<>(others);
    all.add(SiteState.watched(site, List.of(), List.of(new Sign(kind, instance, words))));
    return all;
  }

  @Test
  void one_that_goes_on_keeps_the_time_at_which_it_began() {
    set(Kind.REPLAY, "west-0", "paused");
    List<Diagnosis> first = diagnoses(cluster);
    List<Diagnosis> later =
        Diagnoses.of(
            cluster, List.of(watched(EAST, east), watched(WEST, west)), first, NOW.plusSeconds(60));
    assertThat(later).isEqualTo(first);
    assertThat(later.get(0).since()).isEqualTo(NOW);
  }

  @Test
  void all_that_are_critical_come_first_and_have_a_page() {
    assertThat(DiagnosisKind.values())
        .extracting(DiagnosisKind::verdict)
        .isSortedAccordingTo((one, other) -> other.compareTo(one));
    assertThat(DiagnosisKind.PRIMARY_DOWN.id()).isEqualTo("primary-down");
  }
}
