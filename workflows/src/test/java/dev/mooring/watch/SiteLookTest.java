package dev.mooring.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.InstanceObserved.ServerProcess;
import dev.mooring.port.MemberLoad;
import dev.mooring.port.Receiver;
import dev.mooring.port.ReplicationActivities.ArchiverFiles;
import dev.mooring.port.ReplicationActivities.ConnectedRole;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.port.RoleActivities.DiskUsed;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.SenderPositions;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.Limits;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which signs one reading shows, tried with values. */
class SiteLookTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Lsn HERE = Lsn.parse("0/3000000");
  private static final Lsn FURTHER = Lsn.parse("0/3000100");
  private static final long SLOT_LIMIT = 500L << 20;
  private static final long LAG_LIMIT = 1L << 20;

  private final Cluster cluster = Strait.cluster();
  private final List<Server> servers =
      WorkLists.servers(cluster, cluster.membersAt(new SiteName("west")));

  private Duration sinceCommit = Duration.ofSeconds(61);
  private long archiveEvery = 300;
  private Duration lagLimit = Duration.ofSeconds(60);
  private Lsn received = HERE;
  private Lsn senderEnd = HERE;
  private int diskLimit = 90;
  private String delay = "0";
  private List<Slot> slots = List.of();
  private List<InstanceId> conflicting = List.of();
  private List<InstanceId> advancing = List.of();
  private boolean hasReceiver = true;
  private String status = "streaming";
  private Duration heardAgo = Duration.ZERO;
  private List<InstanceId> consumed = List.of();
  private List<InstanceId> startUnread = List.of();
  private List<Sign> last = List.of();
  private ServerProcess process = ServerProcess.RUNNING;
  private List<DiskUsed> disks = List.of(used("/data", 40));

  private MemberObserved standby() {
    Standing standing =
        new Standing(
            true,
            new TimelineId(1),
            received,
            new Replay(HERE, false, NOW.minus(sinceCommit).toString()),
            NOW.toEpochMilli(),
            false);
    return new MemberObserved(
        new InstanceId("west-0"),
        new SystemIdentifier(7300000000000000001L),
        standing,
        new Replication(List.of(), slots, hasReceiver ? List.of(receiver()) : List.of()),
        List.of(
            new Setting("primary_slot_name", "west_0", false),
            new Setting("recovery_min_apply_delay", delay, false),
            new Setting("wal_keep_size", "0", false),
            new Setting("wal_level", "replica", false)),
        new MemberLoad(0, 0, 0, 0));
  }

  private Receiver receiver() {
    long heard = NOW.minus(heardAgo).toEpochMilli();
    return new Receiver(status, "east-0", 5432, "west_0", heard, "", senderEnd.toString());
  }

  private List<Sign> signs(long slotBytes) {
    SiteLook look =
        new SiteLook(
            new ReplicationObserved(List.of(standby()), List.of()),
            conflicting,
            advancing,
            List.of(),
            new ReadinessObserved(List.of(), List.of()),
            hosts());
    return look.signs(servers, List.of(), limits(slotBytes), last);
  }

  private Limits limits(long slotBytes) {
    return new Limits(
        LAG_LIMIT, 8, archiveEvery, Duration.ofSeconds(45), lagLimit, slotBytes, diskLimit);
  }

  private List<RolesObserved> hosts() {
    Call call = new Call(cluster.name(), "run", "WATCH", 1, Epoch.NONE);
    return WorkLists.byHost(cluster, cluster.membersAt(new SiteName("west"))).stream()
        .map(host -> new FakeCluster(cluster).roles().observeRoles(new ObserveRoles(call, host)))
        .map(
            seen ->
                new RolesObserved(
                    seen.host(),
                    seen.highestEpoch(),
                    seen.roles().stream().map(this::running).toList(),
                    seen.failures(),
                    disks,
                    consumed,
                    startUnread))
        .toList();
  }

  private InstanceRole running(InstanceRole seen) {
    return new InstanceRole(
        seen.instance(),
        process,
        seen.control(),
        seen.start(),
        seen.authority(),
        seen.followed(),
        seen.hooks());
  }

  private static DiskUsed used(String directory, int percent) {
    return new DiskUsed(new InstanceId("west-0"), directory, percent);
  }

  private String disk() {
    return words(Kind.DISK);
  }

  private String words(Kind kind) {
    return signs(0).stream()
        .filter(sign -> sign.kind() == kind)
        .map(Sign::words)
        .collect(Collectors.joining());
  }

  private List<Kind> trouble(long slotBytes) {
    return signs(slotBytes).stream().filter(Sign::showsTrouble).map(Sign::kind).toList();
  }

  @Test
  void a_standby_of_an_idle_primary_is_never_late() {
    sinceCommit = Duration.ofDays(1);
    assertThat(trouble(0)).isEmpty();
  }

  @Test
  void a_standby_with_wal_to_replay_is_late_once_its_last_commit_is_older_than_the_limit() {
    received = FURTHER;
    senderEnd = FURTHER;
    assertThat(trouble(0)).containsExactly(Kind.LATE);
    sinceCommit = Duration.ofSeconds(60);
    assertThat(trouble(0)).isEmpty();
    lagLimit = Duration.ofMillis(10);
    sinceCommit = Duration.ofMillis(11);
    assertThat(trouble(0)).containsExactly(Kind.LATE);
    sinceCommit = Duration.ofMillis(10);
    assertThat(trouble(0)).isEmpty();
  }

  @Test
  void a_standby_without_a_sender_that_shows_its_end_has_an_unknown_lag() {
    MemberObserved streams = standby();
    assertThat(SiteLook.replayLag(streams)).contains(Duration.ZERO);
    assertThat(SiteLook.replayLag(Altered.of(streams, "replication.receivers", List.of())))
        .isEmpty();
    assertThat(SiteLook.replayLag(Altered.of(streams, "replication.receivers.0.status", "waiting")))
        .isEmpty();
    assertThat(SiteLook.replayLag(Altered.of(streams, "replication.receivers.0.senderEnd", "")))
        .isEmpty();
  }

  @Test
  void a_standby_is_late_also_if_what_it_lacks_has_not_arrived_there() {
    senderEnd = FURTHER;
    assertThat(trouble(0)).containsExactly(Kind.LATE);
  }

  @Test
  void a_standby_that_replays_late_on_purpose_is_not_late() {
    received = FURTHER;
    delay = "5min";
    assertThat(trouble(0)).isEmpty();
  }

  /** It has its own to replay, and asks for more only then. */
  @Test
  void a_standby_that_replays_late_on_purpose_streams_again_by_itself() {
    hasReceiver = false;
    assertThat(trouble(0)).contains(Kind.NOT_STREAMING);
    received = FURTHER;
    assertThat(trouble(0)).contains(Kind.NOT_STREAMING);
    delay = "5min";
    assertThat(trouble(0)).containsExactly(Kind.RECEIVER);
    assertThat(words(Kind.RECEIVER)).isEqualTo(Sign.REPLAYS_FIRST);
    hasReceiver = true;
    status = "waiting";
    assertThat(words(Kind.RECEIVER)).as("its sender was promoted").isEqualTo(Sign.REPLAYS_FIRST);
    assertThat(trouble(0)).containsExactly(Kind.RECEIVER);
    received = HERE;
    assertThat(words(Kind.RECEIVER)).isEqualTo("waiting");
    assertThat(trouble(0)).contains(Kind.NOT_STREAMING);
  }

  private static Sender sender(String application, String state, String sync) {
    return sender(application, state, sync, 0);
  }

  private static Sender sender(String application, String state, String sync, long lagBytes) {
    return new Sender(
        application, "", state, sync, lagBytes, application, 0, 0, new SenderPositions());
  }

  /** The words of the signs of that kind of a primary with these senders. */
  private List<String> ofPrimary(Kind kind, Sender... senders) {
    MemberObserved primary =
        Altered.of(
            Altered.of(standby(), "standing.inRecovery", false),
            "replication.senders",
            List.of(senders));
    SiteLook look =
        new SiteLook(
            new ReplicationObserved(List.of(primary), List.of()),
            List.of(),
            List.of(),
            List.of(),
            new ReadinessObserved(List.of(), List.of()),
            List.of());
    return look.signs(servers, List.of("east_1", "west_0"), limits(0), List.of()).stream()
        .filter(sign -> sign.kind() == kind)
        .map(Sign::words)
        .toList();
  }

  @Test
  void a_primary_sends_to_members_that_stream_and_to_others_that_commits_may_wait_for() {
    assertThat(
            ofPrimary(
                Kind.SENDS_TO,
                sender("pg_receivewal", "streaming", "async"),
                sender("by_hand", "streaming", "potential"),
                sender("starting", "catchup", "sync"),
                sender("WEST_0", "streaming", "async"),
                sender("east_1", "catchup", "async")))
        .containsExactly("none east_1", "streams west_0", "streams by_hand");
  }

  @ParameterizedTest
  @CsvSource({
    "west_0, streaming, 0, ",
    "west_0, streaming, 1, west_0",
    "west_0, catchup, 1, ",
    "pg_receivewal, streaming, 1, "
  })
  void a_member_lags_that_streams_and_is_behind_by_more_bytes_than_the_limit(
      String name, String state, long beyond, @Nullable String lags) {
    assertThat(ofPrimary(Kind.LAGS, sender(name, state, "async", LAG_LIMIT + beyond)))
        .isEqualTo(Optional.ofNullable(lags).stream().toList());
  }

  @ParameterizedTest
  @CsvSource({"PT45S, streams", "PT45.001S, silent"})
  void a_receiver_is_silent_if_it_heard_nothing_for_longer_than_the_limit(
      Duration ago, String word) {
    heardAgo = ago;
    assertThat(words(Kind.RECEIVER)).isEqualTo(word);
  }

  @Test
  void settings_of_a_primary_are_one_sign_in_a_fixed_order() {
    assertThat(signs(0))
        .contains(
            new Sign(
                Kind.SETTINGS, new InstanceId("west-0"), "wal_level replica, wal_keep_size 0"));
  }

  @Test
  void a_standby_names_its_slot_and_a_sender_its_physical_slots_with_their_states() {
    slots =
        List.of(
            new Slot("cdc", "pgoutput", true, 1, "reserved"),
            new Slot("east_1", "", false, 0, ""),
            new Slot("old", "", false, 0, "lost"),
            new Slot("west_1", "", true, 1, "extended"),
            new Slot("west_2", "", false, 1, "reserved"));
    assertThat(signs(0))
        .contains(
            new Sign(Kind.SLOT_NAMED, new InstanceId("west-0"), "west_0"),
            new Sign(
                Kind.SLOTS,
                new InstanceId("west-0"),
                "east_1 unused, old lost, west_1 used, west_2"));
  }

  @Test
  void queries_that_recovery_cancels_again_and_again_are_a_sign() {
    conflicting = List.of(new InstanceId("west-0"));
    assertThat(trouble(0)).containsExactly(Kind.CONFLICTS);
  }

  /** The archive feeds it: that is no failure to which a watch reacts. */
  @Test
  void a_standby_without_a_receiver_is_not_streaming_unless_it_replays_more() {
    hasReceiver = false;
    assertThat(trouble(0)).containsExactlyInAnyOrder(Kind.RECEIVER, Kind.NOT_STREAMING);
    advancing = List.of(new InstanceId("west-0"));
    assertThat(trouble(0)).containsExactly(Kind.RECEIVER);
  }

  @Test
  void
      a_standby_advances_if_its_replayed_position_changed_since_the_reading_before_of_its_cluster() {
    ReplayedPositions positions = new ReplayedPositions();
    ReplicationObserved here = new ReplicationObserved(List.of(standby()), List.of());
    ReplicationObserved further =
        new ReplicationObserved(
            List.of(Altered.of(standby(), "standing.replay.end", FURTHER.toString())), List.of());
    assertThat(positions.after(cluster.name(), here)).isEmpty();
    assertThat(positions.after(cluster.name(), further)).containsExactly(new InstanceId("west-0"));
    assertThat(positions.after(cluster.name(), further)).isEmpty();
    assertThat(positions.after(cluster.name(), here)).containsExactly(new InstanceId("west-0"));
    assertThat(positions.after(new ClusterName("sound"), further)).isEmpty();
  }

  /** As one without a server: so a consume changes no sign. */
  @Test
  void a_server_in_recovery_that_a_consume_started_is_told_from_any_other() {
    assertThat(words(Kind.PROCESS)).isEqualTo(Sign.STANDS_BY);
    consumed = List.of(new InstanceId("west-0"));
    assertThat(words(Kind.PROCESS)).isEqualTo(Sign.NONE);
    startUnread = consumed;
    consumed = List.of();
    assertThat(signs(0)).extracting(Sign::kind).contains(Kind.HOST).doesNotContain(Kind.PROCESS);
  }

  @Test
  void a_server_process_without_a_postmaster_is_never_taken_for_none() {
    process = ServerProcess.ORPHANED;
    assertThat(words(Kind.PROCESS)).isEqualTo(Sign.ORPHANED);
    process = ServerProcess.STOPPED;
    assertThat(words(Kind.PROCESS)).isEqualTo(Sign.NONE);
  }

  @Test
  void each_file_system_above_the_limit_is_full_and_none_without_one() {
    disks = List.of(used("/data", 90));
    assertThat(disk()).isEqualTo(Sign.ROOM);
    disks = List.of(used("/data", 90), used("/wal", 91));
    assertThat(disk()).isEqualTo("/wal about 90 %");
    diskLimit = 89;
    disks = List.of(used("/data", 90), used("/wal", 98));
    assertThat(disk()).isEqualTo("/data about 90 %, /wal about 100 %");
    diskLimit = 0;
    assertThat(disk()).isEqualTo(Sign.ROOM);
  }

  @Test
  void a_file_system_that_was_full_is_so_until_it_is_two_percent_below_the_limit() {
    last = List.of(new Sign(Kind.DISK, new InstanceId("west-0"), "/data about 95 %"));
    disks = List.of(used("/data", 89), used("/wal", 89), used("/", 89));
    assertThat(disk()).isEqualTo("/data about 90 %");
    disks = List.of(used("/data", 88));
    assertThat(disk()).isEqualTo(Sign.ROOM);
  }

  @Test
  void a_file_system_that_is_not_read_has_no_room_unless_none_is_asked_for() {
    disks = List.of();
    assertThat(disk()).isEqualTo(Sign.UNREAD);
    diskLimit = 0;
    assertThat(disk()).isEqualTo(Sign.ROOM);
  }

  @Test
  void a_slot_is_too_large_above_the_limit_and_never_without_one() {
    slots = List.of(new Slot("west_0", "", true, SLOT_LIMIT + 1, "reserved"));
    assertThat(trouble(SLOT_LIMIT)).containsExactly(Kind.SLOT_LARGE);
    assertThat(trouble(SLOT_LIMIT + 1)).isEmpty();
    assertThat(trouble(0)).isEmpty();
  }

  @Test
  void a_slot_whose_wal_is_lost_is_that_and_not_unused() {
    slots = List.of(new Slot("west_0", "", false, 1, "lost"));
    assertThat(trouble(0)).containsExactly(Kind.SLOT_LOST);
    slots = List.of(new Slot("west_0", "", false, 1, "reserved"));
    assertThat(trouble(0)).containsExactly(Kind.SLOT_UNUSED);
  }

  /** A failure that a success followed is none: readiness has only one that none followed. */
  @ParameterizedTest
  @CsvSource({
    "8, '', archives",
    "8, 00000001000000000000000B, fails",
    "9, '', behind",
    "9, 00000001000000000000000B, behind"
  })
  void an_archiver_fails_by_its_last_word_and_is_behind_above_the_limit(
      int waiting, String failed, String word) {
    assertThat(archiver(waiting, List.of(ready(failed)))).isEqualTo(word);
  }

  @Test
  void an_archiver_that_is_not_read_is_no_good_one() {
    assertThat(archiver(0, List.of())).isEqualTo("unread");
  }

  /** T25: its command hangs. A file is due in archive_timeout or the publish interval, 5 min. */
  @ParameterizedTest
  @CsvSource({
    "1, PT10M, 0, '', archives",
    "1, PT10M1S, 0, '', hangs",
    "0, P1D, 0, '', archives",
    "1, PT2M, 60, '', archives",
    "1, PT2M1S, 60, '', hangs",
    "1, PT10M1S, 600, '', hangs",
    "1, P1D, 0, 00000001000000000000000C, fails",
    "9, P1D, 0, '', behind"
  })
  void an_archiver_hangs_if_files_wait_and_none_was_archived_for_twice_the_time_it_is_due(
      int waiting, Duration ago, long timeoutSeconds, String failed, String word) {
    String archived = "00000001000000000000000B";
    ArchiverFiles files =
        new ArchiverFiles(failed, archived, List.of(NOW.minus(ago)), timeoutSeconds);
    assertThat(archiver(waiting, List.of(ready(files)))).isEqualTo(word);
  }

  /** Since when the oldest one waits; empty if an older worker of its site did not read that. */
  @ParameterizedTest
  @CsvSource({"PT10M, archives", "PT10M1S, hangs", ", archives"})
  void an_archiver_that_never_archived_hangs_once_a_file_waits_for_that_time(
      @Nullable Duration ago, String word) {
    List<Instant> since = Optional.ofNullable(ago).stream().map(NOW::minus).toList();
    assertThat(archiver(1, List.of(ready(new ArchiverFiles("", "", since, 0))))).isEqualTo(word);
  }

  @Test
  void an_archiver_never_hangs_for_a_call_of_an_older_worker() {
    archiveEvery = 0;
    ArchiverFiles files = new ArchiverFiles("", "", List.of(NOW.minus(Duration.ofDays(1))), 60);
    assertThat(archiver(1, List.of(ready(files)))).isEqualTo(Sign.ARCHIVES);
  }

  private static MemberReadiness ready(String failed) {
    return ready(new ArchiverFiles(failed, "", List.of(), 0));
  }

  private static MemberReadiness ready(ArchiverFiles files) {
    return new MemberReadiness(
        new InstanceId("west-0"),
        new ConnectedRole("mooring", List.of(), List.of()),
        List.of(),
        List.of(),
        HostNeeds.NONE,
        List.of(),
        files);
  }

  private String archiver(int waiting, List<MemberReadiness> ready) {
    MemberObserved writer =
        Altered.of(Altered.of(standby(), "standing.inRecovery", false), "load.unarchived", waiting);
    return new SiteLook(
            new ReplicationObserved(List.of(writer), List.of()),
            List.of(),
            List.of(),
            List.of(),
            new ReadinessObserved(ready, List.of()),
            List.of())
        .signs(servers, List.of(), limits(0), List.of()).stream()
            .filter(sign -> sign.kind() == Kind.ARCHIVER)
            .map(Sign::words)
            .collect(Collectors.joining());
  }
}
