// longer than 600 lines, because all findings about members share the servers that it alters
package dev.mooring.runbook.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.ObservedInstances;
import dev.mooring.fake.Strait;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.Replay;
import dev.mooring.port.ReplicationActivities.Replication;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.ReplicationActivities.Slot;
import dev.mooring.port.ReplicationActivities.Standing;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.status.StatusFacts.ObservedMember;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members as the fake cluster's servers answer; east-0 is the primary, all others follow it. */
class MembersJudgeTest {
  private Cluster strait = Harbour.straitOfOneUpstream();
  private FakeCluster world = new FakeCluster(strait);

  /** Why a member that is down does not answer. */
  private Observed.Unseen<MemberObserved> unseen =
      new Observed.Unseen<>(FailureCode.DATABASE_UNREACHABLE, "refused");

  /** Whose host shows that it does not run. */
  private String down = "";

  /** Where their pg_wal ends, if that is read. */
  private Optional<WalPosition> held = Optional.empty();

  private MembersJudge judge() {
    return judge(MembersJudgeTest::waitingForOne);
  }

  /** Its commits wait for whom the cluster file names. */
  private static MemberObserved waitingForOne(MemberObserved member) {
    return new MemberObserved(
        member.instance(),
        member.system(),
        member.standing(),
        member.replication(),
        List.of(new Setting("synchronous_standby_names", "ANY 1 (east_0, west_0)", false)),
        member.load());
  }

  private static MemberObserved readOnly(MemberObserved member) {
    Setting setting = new Setting("default_transaction_read_only", "on for every role", false);
    return Altered.of(waitingForOne(member), "settings", List.of(setting));
  }

  private static MemberObserved withSlot(MemberObserved member, Slot slot) {
    return new MemberObserved(
        member.instance(),
        member.system(),
        member.standing(),
        new Replication(
            member.senders(),
            member.standing().inRecovery() ? List.of() : List.of(slot),
            member.receivers()),
        waitingForOne(member).settings(),
        member.load());
  }

  private MembersJudge judge(UnaryOperator<MemberObserved> changed) {
    return new MembersJudge(status(changed));
  }

  private StatusFacts status(UnaryOperator<MemberObserved> changed) {
    ReplicationObserved seen =
        world
            .replication()
            .observeReplication(
                new OnServers(
                    new Call(strait.name(), "run", "LOOK", 0, Epoch.NONE),
                    strait.policies().database(),
                    strait.members().stream().map(one -> new Server(one, "e0")).toList()));
    List<ObservedMember> members =
        strait.members().stream().map(one -> observed(one, seen, changed)).toList();
    return new StatusFacts(
        strait,
        Moored.NOW,
        Moored.seenAlike(new Observed.Seen<>(Moored.evidence(0))),
        members.stream().map(this::overSql).toList(),
        Moored.service(List.of(), false),
        Optional.empty(),
        new StatusFacts.Streaming(
            members, Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.empty()));
  }

  private ObservedMember observed(
      Instance member, ReplicationObserved all, UnaryOperator<MemberObserved> changed) {
    return new ObservedMember(
        member,
        all.members().stream()
            .filter(one -> one.instance().equals(member.id()))
            .findFirst()
            .map(changed)
            .<Observed<MemberObserved>>map(Observed.Seen::new)
            .orElse(unseen),
        held);
  }

  private InstanceFacts overSql(ObservedMember member) {
    Instance instance = member.instance();
    return new InstanceFacts(
        instance,
        new Observed.Seen<>(
            !instance.id().value().equals(down)
                ? ObservedInstances.primary(instance)
                : Altered.of(ObservedInstances.primary(instance), "process", "STOPPED")),
        member
            .seen()
            .match(
                seen ->
                    new Observed.Seen<>(
                        seen.standing().inRecovery()
                            ? ObservedInstances.replaying(instance)
                            : Altered.of(
                                ObservedInstances.server(instance),
                                "position.timeline",
                                seen.standing().timeline().value())),
                Observed.Unseen::ofPart),
        Epoch.NONE);
  }

  private static List<String> facts(MembersJudge judge) {
    return judge.findings().stream().map(CheckRow::inShort).toList();
  }

  @Test
  void names_a_primary_that_is_read_only_for_applications_and_no_standby() {
    assertThat(judge(MembersJudgeTest::readOnly).findings())
        .filteredOn(row -> row.id().equals("default-transaction-read-only"))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.inShort())
                  .isEqualTo("east-0 default-transaction-read-only: on for every role");
              assertThat(row.verdict()).isEqualTo(Judged.WARNING);
            });
    assertThat(facts(judge())).noneMatch(fact -> fact.contains("default-transaction-read-only"));
  }

  @Test
  void says_first_who_is_the_primary_and_how_many_stream() {
    assertThat(judge().verdict())
        .containsExactly(
            "east-0 at east is the primary on timeline 1; 3 of 3 standbys stream, synchronous:"
                + " west_0",
            "loss of the primary: covered by east-1 (may lose what it has not received), west-0");
    assertThat(judge().rows())
        .extracting(
            row -> row.instance().value(),
            MemberRow::role,
            MemberRow::state,
            row -> row.stream().slot())
        .containsExactly(
            tuple("east-0", "primary", "running", ""),
            tuple("east-1", "standby", "streaming", "east_1"),
            tuple("west-0", "standby", "streaming", "west_0"),
            tuple("west-1", "standby", "streaming", "west_1"));
    assertThat(judge().rows().get(2).stream().upstream()).isEqualTo("east-0");
    assertThat(judge().rows())
        .extracting(row -> row.place().timeline(), row -> row.place().readFrom())
        .containsOnly(tuple("1", "SQL"));
    assertThat(judge().rows().get(0).place().replayed()).isEmpty();
    assertThat(judge().rows().get(2).place().replayed()).isNotEmpty();
    world.members().commitsWaitFor("east-0", "");
    assertThat(judge().verdict().get(0)).endsWith("stream, none of them synchronous");
    assertThat(new MembersJudge(Moored.facts()).verdict()).isEmpty();
    assertThat(new MembersJudge(Moored.facts()).findings()).isEmpty();
  }

  @Test
  void a_loss_of_the_primary_is_covered_by_standbys_that_stream_and_may_be_promoted() {
    world.members().kill("east-1");
    assertThat(judge().verdict()).contains("loss of the primary: covered by west-0");
    world.members().commitsWaitFor("east-0", "");
    assertThat(judge().verdict())
        .contains("loss of the primary: covered by west-0 (may lose what it has not received)");
    world.members().kill("west-0");
    assertThat(judge().verdict())
        .contains(
            "loss of the primary: not covered: failover.exclude names each standby that streams");
    world.members().kill("west-1");
    assertThat(judge().verdict()).contains("loss of the primary: not covered: no standby streams");
  }

  /** A primary that is idle makes no standby late, however old its last commit is. */
  @ParameterizedTest
  @CsvSource({"0/1, 0.012", "FF/0, 0"})
  void a_standby_is_so_late_as_its_last_commit_is_old_while_it_has_more_to_replay(
      String replayed, String seconds) {
    MembersJudge judge =
        judge(
            member ->
                Altered.of(
                    waitingForOne(member),
                    "standing",
                    new Standing(
                        member.standing().inRecovery(),
                        member.standing().timeline(),
                        Lsn.parse(replayed),
                        new Replay(Lsn.parse(replayed), false, "2030-01-01T00:00:00Z"),
                        Instant.parse("2030-01-01T00:00:00.012Z").toEpochMilli(),
                        false)));

    assertThat(judge.rows())
        .extracting(row -> row.stream().lag().seconds())
        .containsExactly("", seconds, seconds, seconds);
    assertThat(judge.rows().get(1).stream().lag().bytes()).isEqualTo("0");
    assertThat(judge.rows().get(1).stream().lag().limits())
        .isEqualTo(new MemberRow.LagLimits(8589934592L, "60"));
  }

  @Test
  void a_limit_of_lag_may_be_less_than_a_second() {
    strait = Strait.cluster("endpoints:", "watch: {maxLag: PT0.01S}\nendpoints:");
    world = new FakeCluster(strait);
    assertThat(judge().rows().get(1).stream().lag().limits().seconds()).isEqualTo("0.01");
  }

  @Test
  void two_primaries_come_before_everything_else() {
    world.members().promote("west-0");
    assertThat(judge().verdict()).containsExactly("strait HAS 2 PRIMARIES: east-0, west-0");
  }

  @Test
  void with_two_primaries_nothing_is_advised_that_lets_the_stale_one_acknowledge_commits() {
    List.of("east-1", "west-1").forEach(world.members()::kill);
    world.members().promote("west-0");
    List<CheckRow> findings = StatusJudge.judge(status(MembersJudgeTest::waitingForOne)).findings();
    assertThat(findings.get(0).id()).isEqualTo(WritersJudge.PRIMARIES);
    assertThat(facts(judge()))
        .contains("east-0 standbys: none streams from it: what it commits is on it alone");
    assertThat(findings.stream().map(CheckRow::remedy).skip(1))
        .isNotEmpty()
        .containsOnly("first end the split brain, then `mooring status strait`");
  }

  @Test
  void without_one_that_accepts_writes_there_is_no_primary() {
    world.members().kill("east-0");
    assertThat(judge().verdict())
        .containsExactly("strait has no primary among the members that were read");
    assertThat(judge().findings().get(0).verdict()).isEqualTo(Judged.WRONG);
    assertThat(judge().findings().get(0).remedy()).startsWith("`mooring plan failover strait`");
  }

  @Test
  void a_server_that_refuses_the_login_is_named_beside_what_was_seen() {
    unseen =
        new Observed.Unseen<>(
            FailureCode.AUTHENTICATION_REFUSED, "cannot log in to e0:5432 as mooring: no");
    world.members().kill("east-0");
    assertThat(judge().verdict())
        .containsExactly(
            "strait has no primary among the members that were read; cannot log in to e0:5432 as"
                + " mooring: no");
    List.of("east-1", "west-0", "west-1").forEach(world.members()::kill);
    assertThat(judge().verdict()).containsExactly("cannot log in to e0:5432 as mooring: no");
  }

  @Test
  void a_primary_without_any_standby_is_critical() {
    List.of("east-1", "west-0", "west-1").forEach(world.members()::kill);
    assertThat(judge().findings().get(0).verdict()).isEqualTo(Judged.WRONG);
    assertThat(facts(judge()))
        .contains("east-0 standbys: none streams from it: what it commits is on it alone");
  }

  @Test
  void a_member_that_is_down_leaves_a_standby_less_and_is_to_be_resilvered() {
    down = "west-1";
    world.members().kill(down);
    assertThat(judge().findings())
        .containsExactly(
            CheckRow.warning(
                "server-process",
                "west-1",
                "down: east-0 has a standby less",
                "runs",
                "`mooring resilver strait --instances west-1` starts it, or makes it a standby"
                    + " again and keeps what only it has"));
  }

  /** Its control file is as old as its last checkpoint. */
  @Test
  void a_member_that_is_down_stands_where_its_pg_wal_ends() {
    down = "west-1";
    world.members().kill(down);
    held = Optional.of(new WalPosition(new TimelineId(2), Lsn.parse("0/6000000")));
    WalPlace place = judge().rows().get(3).place();
    assertThat(place.timeline()).isEqualTo("2");
    assertThat(place.walEnd()).isEqualTo("0/6000000");
    assertThat(place.readFrom()).startsWith("pg_wal");
  }

  @Test
  void a_standby_that_is_not_connected_stands_somewhere_else() {
    world.members().cut("west-0", true);
    world.members().write("east-0");
    assertThat(facts(judge()))
        .anySatisfy(
            fact ->
                assertThat(fact)
                    .startsWith("west-0 walsender: no member sends WAL to it; it is at ")
                    .endsWith("on timeline 1, east-0 on timeline 1"));
  }

  /** Whether it follows as it is, or is to be made anew, is not known from here. */
  @Test
  void one_that_is_not_connected_is_not_to_be_made_anew_before_a_plan_shows_why() {
    world.members().cut("west-0", true);
    assertThat(judge(member -> withSlot(member, unused("west_0"))).findings())
        .filteredOn(row -> row.is("walsender", "west-0") || row.is("slot", "east-0 west_0"))
        .extracting(CheckRow::remedy)
        .containsExactlyInAnyOrder(
            "its server log says why; `mooring plan resilver strait --instances west-0` shows"
                + " whether it can follow as it is, or must be made anew",
            "keep the slot: west-0 streams by it once it is connected again");
  }

  /** Its history has no end in the primary's: it can't follow. */
  @Test
  void one_on_a_later_timeline_than_the_primary_is_to_be_made_anew_with_the_reason() {
    world.members().cut("west-0", true);
    List<CheckRow> findings =
        judge(
                member ->
                    member.instance().value().equals("west-0")
                        ? Altered.of(waitingForOne(member), "standing.timeline", 2)
                        : waitingForOne(member))
            .findings();
    assertThat(findings)
        .filteredOn(row -> row.is("walsender", "west-0"))
        .extracting(CheckRow::remedy)
        .containsExactly(
            "east-0 has not its timeline, so it can't follow as it is: `mooring resilver strait"
                + " --instances west-0`");
  }

  /** PostgreSQL asks for more only at the end of what it has. */
  @Test
  void one_that_applies_wal_late_on_purpose_streams_again_by_itself_and_keeps_its_slot() {
    world.members().cut("west-0", true);
    Strait.appliesLate(world.members(), "west-0", "1h");
    MembersJudge judge =
        judge(
            member ->
                member.instance().value().equals("west-0")
                    ? member
                    : withSlot(member, unused("west_0")));
    assertThat(judge.findings())
        .filteredOn(row -> row.is("walsender", "west-0") || row.is("slot", "east-0 west_0"))
        .hasSize(2)
        .allSatisfy(
            row -> {
              assertThat(row.verdict()).isEqualTo(Judged.WARNING);
              assertThat(row.remedy())
                  .isEqualTo(
                      "No action needed: west-0 applies WAL late (recovery_min_apply_delay), and"
                          + " streams again by itself once it has replayed what it has; after that"
                          + " delay its server log says why it does not");
            });
  }

  /** The archive brings what the slot lost, or the standby is served by another sender. */
  @Test
  void a_member_whose_slot_lost_wal_is_made_anew_only_if_nothing_brings_that_wal() {
    assertThat(lost("west_0"))
        .isEqualTo(
            "west_0 streams from east-0: "
                + drop("west_0")
                + "; then `mooring replicate setup strait`");
    assertThat(lost("east_0")).isEqualTo("east-0 is no standby: " + drop("east_0"));
    assertThat(lost("gone"))
        .isEqualTo(
            "what reads it gets that WAL from an archive, or must be made anew; if nothing is to"
                + " read it, "
                + drop("gone"));
    world.members().cut("west-0", true);
    assertThat(lost("west_0", ""))
        .isEqualTo(
            "west-0 has no restore_command, so nothing brings that WAL: `mooring resilver strait"
                + " --instances west-0`");
    assertThat(lost("west_0"))
        .isEqualTo(
            "west-0 may get that WAL from the archive by its restore_command: leave it and its slot"
                + " while `mooring status strait` shows it advance; else `mooring resilver strait"
                + " --instances west-0`");
    Strait.appliesLate(world.members(), "west-0", "1h");
    assertThat(lost("west_0")).startsWith("west-0 may get that WAL from the archive");
  }

  /** Patroni makes its slots, and sets synchronous_standby_names. */
  @Test
  void no_setup_is_advised_where_patroni_runs_the_members() {
    strait = Strait.byPatroni(strait, "");
    world = new FakeCluster(strait);
    assertThat(lost("west_0")).isEqualTo("west_0 streams from east-0: " + drop("west_0"));
    for (String names : List.of("", "FIRST 1 (\"east-1\")")) {
      world.members().commitsWaitFor("east-0", names);
      assertThat(judge(UnaryOperator.identity()).findings())
          .singleElement()
          .satisfies(
              row ->
                  assertThat(row.remedy())
                      .startsWith(
                          "Patroni sets it: see synchronous_mode (`patronictl edit-config`)"));
    }
  }

  /** What it lacks the archive may bring, and then it streams by its slot. */
  @Test
  void one_whose_slot_lost_wal_gets_one_advice_and_that_is_to_leave_it() {
    world.members().cut("west-0", true);
    Slot lost = new Slot("west_0", "", false, 0, "lost");
    List<CheckRow> found =
        judge(
                member ->
                    member.standing().inRecovery()
                        ? Altered.of(waitingForOne(member), "standing.timeline", 9)
                        : withSlot(member, lost))
            .findings();
    assertThat(found)
        .filteredOn(row -> row.is("walsender", "west-0") || row.is("slot", "east-0 west_0"))
        .hasSize(2)
        .allMatch(row -> row.remedy().startsWith("west-0 may get that WAL from the archive"));
  }

  /** What one loses by which it does not stream is no cause, and goes. */
  @Test
  void a_slot_that_lost_wal_at_a_former_upstream_alone_is_dropped() {
    strait = Strait.cascade();
    world = new FakeCluster(strait);
    world.members().cut("east-1", true);
    assertThat(lostBelow("west-0"))
        .hasSize(2)
        .allMatch(remedy -> remedy.startsWith("east-1 may get that WAL from the archive"));
    assertThat(lostBelow("east-0"))
        .containsExactlyInAnyOrder(
            "its server log says why; `mooring plan resilver strait --instances east-1` shows"
                + " whether it can follow as it is, or must be made anew",
            "east-1 is not to stream from there: " + drop("east_1"));
  }

  /**
   * By Patroni's tag replicatefrom a standby streams from another standby, and by no cluster file.
   */
  @Test
  void a_slot_that_lost_wal_is_kept_for_any_standby_that_patroni_may_lead_there() {
    strait = Strait.byPatroni(strait, "");
    world = new FakeCluster(strait);
    world.members().cut("east-1", true);
    assertThat(lostBelow("west-0"))
        .hasSize(2)
        .allMatch(remedy -> remedy.startsWith("east-1 may get that WAL from the archive"));
  }

  private List<String> lostBelow(String holder) {
    List<Slot> lost = List.of(new Slot("east_1", "", false, 0, "lost"));
    return judge(
            member ->
                Altered.of(
                    waitingForOne(member),
                    "replication.slots",
                    member.instance().value().equals(holder) ? lost : List.of()))
        .findings()
        .stream()
        .filter(row -> row.is("walsender", "east-1") || row.id().equals("slot"))
        .map(CheckRow::remedy)
        .toList();
  }

  private static String drop(String slot) {
    return "a person drops it: SELECT pg_catalog.pg_drop_replication_slot('"
        + slot
        + "') on east-0";
  }

  private String lost(String slot) {
    return lost(slot, "set");
  }

  private String lost(String slot, String restore) {
    return judge(
            member ->
                member.standing().inRecovery()
                    ? Altered.of(
                        waitingForOne(member),
                        "settings",
                        List.of(new Setting("restore_command", restore, false)))
                    : withSlot(member, new Slot(slot, "", false, 0, "lost")))
        .findings()
        .stream()
        .filter(row -> row.id().equals("slot"))
        .findFirst()
        .orElseThrow()
        .remedy();
  }

  private static Slot unused(String name) {
    return new Slot(name, "", false, 4096, "reserved");
  }

  @Test
  void one_that_is_fed_by_the_archive_streams_from_nobody_by_design() {
    strait = Harbour.strait();
    world = new FakeCluster(strait);
    world.members().cut("east-1", true);
    assertThat(facts(judge())).noneMatch(fact -> fact.startsWith("east-1 walsender:"));
  }

  @Test
  void a_standby_whose_replay_is_paused_replays_nothing() {
    world.members().pauseReplay("west-1");
    assertThat(facts(judge())).containsExactly("west-1 replay: paused");
    assertThat(judge().rows().get(3).state()).isEqualTo("streaming, replay paused");
  }

  /** Its server paused it, and shuts down when it is told to go on. */
  @Test
  void a_replay_that_settings_paused_is_not_to_be_resumed() {
    world.members().pauseReplay("west-1");
    world.members().setOn("west-1", "max_connections", "20");
    assertThat(judge(member -> member).findings())
        .filteredOn(finding -> finding.is("replay", "west-1"))
        .extracting(CheckRow::remedy)
        .singleElement()
        .asString()
        .startsWith("do not resume it, that would shut it down")
        .endsWith("(max_connections is 20, must be at least 100)");
  }

  @Test
  void a_frozen_standby_was_last_heard_of_a_while_ago() {
    world.members().freeze("west-0");
    assertThat(facts(judge()))
        .containsExactly("west-0 walsender-reply: last heard of by east-0 40 s ago");
    assertThat(judge().verdict())
        .contains("loss of the primary: covered by east-1 (may lose what it has not received)");
  }

  /**
   * Their host's clock is an hour behind, or ahead: what a standby sends bears its own clock's
   * time.
   */
  @ParameterizedTest
  @CsvSource({"-3600, 3, ''", "3600, 3, ''", "-3600, 40, 40 s ago", "3600, 40, 40 s ago"})
  void a_standby_whose_clock_is_wrong_is_silent_for_as_long_as_it_says_nothing(
      long off, long silent, String words) {
    long clock = Moored.NOW.toEpochMilli();
    long theirs = clock + off * 1000;
    MembersJudge judge =
        judge(
            member ->
                member.standing().inRecovery()
                    ? Altered.of(waitingForOne(member), "standing.clockMillis", theirs)
                    : heard(
                        waitingForOne(member), Math.max(0, silent - off), theirs - silent * 1000));
    assertThat(judge.rows().get(2).stream().heardSeconds()).isEqualTo(silent + "");
    assertThat(facts(judge))
        .hasSize(words.isEmpty() ? 0 : 3)
        .allSatisfy(fact -> assertThat(fact).endsWith(words));
  }

  /** A primary that heard of its standbys last at that time by their clock. */
  private static MemberObserved heard(MemberObserved primary, long apparently, long replied) {
    return new MemberObserved(
        primary.instance(),
        primary.system(),
        primary.standing(),
        new Replication(
            primary.senders().stream()
                .map(
                    one ->
                        new Sender(
                            one.application(),
                            one.address(),
                            one.state(),
                            one.sync(),
                            one.lagBytes(),
                            one.slot(),
                            apparently,
                            replied,
                            one.positions()))
                .toList(),
            primary.slots(),
            primary.receivers()),
        primary.settings(),
        primary.load());
  }

  @Test
  void a_slot_that_keeps_wal_for_nobody_is_named_and_a_person_drops_it() {
    Slot gone = new Slot("gone", "", false, 4096, "reserved");
    MembersJudge judge = judge(member -> withSlot(member, gone));
    CheckRow reported = judge.findings().get(0);
    assertThat(reported.inShort())
        .isEqualTo("east-0 gone slot: not in use, and keeps 4096 bytes of WAL");
    assertThat(reported.remedy())
        .endsWith(
            "a person drops it: SELECT pg_catalog.pg_drop_replication_slot('gone') on east-0");
    Slot lost = new Slot("gone", "", false, 0, "lost");
    assertThat(judge(member -> withSlot(member, lost)).findings().get(0).verdict())
        .isEqualTo(Judged.WRONG);
  }

  @Test
  void commits_that_wait_for_nobody_against_the_cluster_file_are_a_warning() {
    world.members().commitsWaitFor("east-0", "");
    assertThat(facts(judge(UnaryOperator.identity())))
        .containsExactly("east-0 synchronous-standby-names: commits wait for no standby");
  }

  @Test
  void commits_wait_for_the_standbys_that_patroni_calls_so() {
    strait = Strait.byPatroni(strait, "pg.");
    world = new FakeCluster(strait);
    world.members().commitsWaitFor("east-0", "ANY 1 (\"pg.east-1\", \"pg.west-0\")");
    assertThat(facts(judge(UnaryOperator.identity()))).isEmpty();
  }

  /** Of a standby that a setup found away and that was healed since. */
  @Test
  void commits_that_do_not_wait_for_a_named_standby_that_streams_are_a_warning() {
    world.members().commitsWaitFor("east-0", "FIRST 1 (east_1)");
    CheckRow reported = judge(UnaryOperator.identity()).findings().get(0);
    assertThat(reported.inShort())
        .isEqualTo(
            "east-0 synchronous-standby-names: commits wait for FIRST 1 (east_1), and not for"
                + " [west-0]");
    assertThat(reported.remedy())
        .isEqualTo("add it to synchronous_standby_names: `mooring replicate setup strait`");
  }
}
