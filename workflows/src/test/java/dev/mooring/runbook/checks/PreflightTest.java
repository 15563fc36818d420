package dev.mooring.runbook.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.FakeCluster;
import dev.mooring.fake.Strait;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.EndpointActivities.AboutEndpoints;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.Setting;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.ObserveSurroundings;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.MemberAnswers;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.members.SynchronousStandbyNames;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each row of the preflight fails for what it is there for, and for nothing else. */
class PreflightTest {
  private static final int EAST_0 = 0;
  private static final int EAST_1 = 1;
  private static final int WEST_0 = 2;

  private final Cluster cluster = Strait.cluster();

  static ObservedMembers observed() {
    FakeCluster world = new FakeCluster(Strait.cluster());
    Cluster seen = world.cluster();
    Call call = new Call(seen.name(), "run-1", "OBSERVE", 0, Epoch.NONE);
    List<MemberObserved> members =
        world
            .replication()
            .observeReplication(
                new OnServers(
                    call, seen.policies().database(), WorkLists.servers(seen, seen.members())))
            .members()
            .stream()
            .map(member -> MemberAnswers.withClock(member, 0))
            .toList();
    List<InstanceRole> roles =
        WorkLists.byHost(seen, seen.members()).stream()
            .flatMap(on -> world.roles().observeRoles(new ObserveRoles(call, on)).roles().stream())
            .toList();
    EndpointsObserved endpoints =
        world
            .endpoints()
            .observeEndpoints(
                new AboutEndpoints(
                    call,
                    seen.streaming().orElseThrow().endpoints(),
                    seen.hosts(),
                    WorkLists.servers(seen, seen.members())));
    return new ObservedMembers(
        members,
        List.of(),
        new MemberRoles(roles, Epoch.NONE, List.of()),
        endpoints,
        around(world, call));
  }

  private static MemberSurroundings around(FakeCluster world, Call call) {
    Cluster seen = world.cluster();
    Move move = new Move(seen, seen.members().get(EAST_0), seen.members().get(WEST_0));
    ReadinessObserved ready =
        world
            .replication()
            .observeReadiness(
                new OnServers(
                    call, seen.policies().database(), WorkLists.servers(seen, seen.members())));
    List<Surroundings> surroundings =
        seen.members().stream()
            .map(
                member ->
                    new ObserveSurroundings(
                        call,
                        WorkLists.byHost(seen, List.of(member)).get(0),
                        HostNeeds.NONE,
                        List.of(),
                        move.streamsFromTarget(member)
                            ? List.of(new MemberActs(move.cluster()).upstream(move.to(), member))
                            : List.of()))
            .map(world.roles()::observeSurroundings)
            .toList();
    return new MemberSurroundings(
        ready.members(),
        List.of(),
        surroundings,
        List.of(),
        List.of(
            new RecentArchived(move.from().id(), 3, List.of(), List.of()),
            new RecentArchived(move.to().id(), 0, List.of(), List.of())),
        List.of());
  }

  private Move move(Cluster of, String... detached) {
    return new Move(
        of, of.members().get(EAST_0), of.members().get(WEST_0), named(of, List.of(detached)));
  }

  private static List<Instance> named(Cluster of, List<String> ids) {
    return of.members().stream().filter(i -> ids.contains(i.id().value())).toList();
  }

  private List<CheckRow> rows(ObservedMembers observed, String... overrides) {
    return Preflight.of(move(cluster), observed, List.of(overrides));
  }

  static ObservedMembers setting(ObservedMembers observed, int member, String name, String value) {
    List<Setting> settings = new ArrayList<>(observed.members().get(member).settings());
    settings.removeIf(setting -> setting.name().equals(name));
    settings.add(new Setting(name, value, false));
    return Altered.of(observed, "members." + member + ".settings", settings);
  }

  private static List<String> wrong(List<CheckRow> rows) {
    return CheckRows.against(rows);
  }

  @Test
  void nothing_stands_against_a_cluster_as_it_should_be() {
    List<CheckRow> rows = rows(observed());
    assertThat(rows)
        .hasSizeGreaterThan(40)
        .filteredOn(row -> row.verdict() != Judged.GOOD || !row.remedy().isEmpty())
        .extracting(CheckRow::title)
        .as("of one path, which may be one place")
        .containsExactly("archives");
    assertThat(rows.stream().map(CheckRow::title)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "members.0.load.backups            | 1            | east-0 base-backups: 1",
        "members.0.load.unarchived         | 9            | east-0 archive-backlog: 9 files",
        "members.0.load.longestSeconds     | 61           | east-0 long-transactions: 61 s",
        "members.0.load.prepared           | 1            | east-0 prepared-transactions: 1",
        "members.0.replication.senders.0.lagBytes      | 99999999999  | east-1 walsender-lag:"
            + " 99999999999 bytes",
        "members.0.replication.senders.0.silentSeconds | 16           | east-1 walsender-reply: 16"
            + " s ago",
        "members.0.replication.senders.0.silentSeconds | -1           | east-1 walsender-reply:"
            + " never",
        "members.0.replication.senders.1.state         | catchup      | west-0 walsender: catchup",
        "members.0.replication.senders.1.application   | other        | west-0 walsender: no"
            + " walsender of east-0",
        "members.0.replication.senders.0.application   | west_0       | west-0 walsender: several"
            + " by its name: [",
        "members.2.system                  | 7            | west-0 system-identifier: 7",
        "members.2.standing.timeline       | 2            | west-0 timeline: 2",
        "members.2.standing.replay.paused         | true         | west-0 replay: paused",
        "members.2.standing.inRecovery     | false        | west-0 role: accepts writes",
        "members.2.replication.receivers.0.senderPort  | 7000         | west-0 upstream:"
            + " 127.31.10.1:7000",
        "members.2.replication.receivers.0.senderHost  | 127.31.10.9  | west-0 upstream-address:"
            + " 127.31.10.9",
        "hosts.roles.2.start.fencedEpoch    | 7            | west-0 fence: epoch 7",
        "hosts.roles.0.authority.writer     | none         | east-0 authority-file: writer none",
        "hosts.roles.0.authority.writer     | west-0       | east-0 authority-file: writer west-0",
        "hosts.roles.1.authority.writer     | east-1       | east-1 authority-file: writer east-1",
        "hosts.roles.1.control.state        | in production | east-1 control-state: in production",
        "endpoints.seen.0.facts.0.value     | session      | pooler pool-mode: session",
        "endpoints.seen.0.facts.1.value     | 20           | pooler query-wait-timeout: 20 s",
        "endpoints.seen.0.facts.2.value     | 1            | pooler so-reuseport: 1",
        "endpoints.seen.0.facts.3.value     | 2            | pooler processes: 2",
        "endpoints.seen.0.facts.5.value     | west-0       | pooler databases-file: west-0",
        "endpoints.seen.0.facts.7.value     | *            | pooler databases-left-behind: *",
        "endpoints.seen.0.facts.7.name      | other        | pooler databases-left-behind: not"
            + " known",
        "endpoints.seen.0.pointsAt.0        | east-1       | pooler endpoint-target: [east-1]",
        "endpoints.seen.0.facts.1.value     | not known     | pooler query-wait-timeout: not known",
      })
  void a_row_fails_alone(String path, String value, String words) {
    Object part =
        value.matches("-?[0-9]+") && !path.endsWith("value") ? Long.valueOf(value) : value;
    if (value.equals("true") || value.equals("false")) {
      part = Boolean.valueOf(value);
    }
    if (path.endsWith(".system")) {
      part = value;
    }
    List<CheckRow> rows = rows(Altered.of(observed(), path, part));
    assertThat(wrong(rows)).singleElement().asString().startsWith(words);
    assertThat(rows.stream().filter(row -> row.verdict() == Judged.WRONG))
        .allMatch(row -> !row.remedy().isEmpty() && !row.remedy().endsWith("."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | synchronous_standby_names | FIRST 1 (west_0) | east-0 synchronous-standby-names:"
            + " FIRST 1 (west_0)",
        "2 | synchronous_standby_names | west_0    | east-0 synchronous-standby-names: no standby,"
            + " must be as those of west-0",
        "0 | synchronous_commit        | local     | east-0 synchronous-commit: local, must be"
            + " on",
        "2 | server_version_num        | 150019    | west-0 server-version: 15.19",
        "2 | server_version_num        | 160001    | west-0 major-version: 16",
        "2 | data_directory            | /other    | west-0 data-directory: /other",
        "1 | data_directory            | /other    | east-1 data-directory: /other",
        "2 | recovery_min_apply_delay  | 1h        | west-0 recovery-min-apply-delay: 1h",
        "2 | max_wal_senders           | 2         | west-0 max-wal-senders: 2",
        "2 | max_replication_slots     | 1         | west-0 max-replication-slots: 1",
        "2 | archive_mode              | off       | west-0 archive-mode: off",
        "2 | listen_addresses          | localhost | west-0 listen-addresses: 'localhost'",
        "2 | listen_addresses          | ::1, 127.0.0.1 | west-0 listen-addresses: '::1,"
            + " 127.0.0.1'",
        "2 | full_page_writes          | off       | east-0 rewind-later: pg_rewind is not"
            + " possible",
      })
  void a_setting_fails_its_row(int member, String name, String value, String words) {
    List<String> wrong = wrong(rows(setting(observed(), member, name, value)));
    assertThat(wrong).anyMatch(row -> row.startsWith(words));
  }

  @Test
  void a_sibling_that_lies_elsewhere_is_left_behind_by_the_name_of_the_rule() {
    ObservedMembers seen = setting(observed(), EAST_1, "data_directory", "/other");
    assertThat(wrong(rows(seen))).singleElement().asString().contains("(rule siblings); ");
    assertThat(wrong(rows(seen, "siblings"))).isEmpty();
    ObservedMembers target = setting(observed(), WEST_0, "data_directory", "/other");
    assertThat(wrong(rows(target, "siblings"))).hasSize(1);
  }

  /** A server that was started through a link, or past it, calls the same directory otherwise. */
  @Test
  void a_data_directory_may_have_another_name_on_its_host() {
    ObservedMembers seen = setting(observed(), WEST_0, "data_directory", "/other");
    List<Surroundings> named =
        seen.around().surroundings().stream()
            .map(
                one ->
                    one.instance().value().equals("west-0")
                        ? Altered.of(one, "configuration.dataDirectory", "/other")
                        : one)
            .toList();
    assertThat(wrong(rows(Altered.of(seen, "around.surroundings", named)))).isEmpty();
  }

  /** It leads to a host, and to all that this one has. */
  @Test
  void an_address_can_not_be_moved_between_two_on_one_host() {
    Cluster byAddress =
        Strait.cluster(
            "endpoints:\n",
            "endpoints:\n  - {name: address, virtualIp: {address: 192.0.2.10/24, device: eth0}}\n");
    ObservedMembers there =
        Altered.of(
            observed(),
            "endpoints.seen",
            List.of(
                new EndpointSeen(
                    "address",
                    byAddress.members().stream().map(Instance::id).toList(),
                    List.of())));
    assertThat(wrong(Preflight.of(move(byAddress), there, List.of())))
        .singleElement()
        .asString()
        .startsWith("address endpoint-target: ");
    assertThat(wrong(Preflight.of(move(Strait.onOneHost(byAddress)), there, List.of())))
        .noneMatch(row -> row.startsWith("address endpoint-target"))
        .anyMatch(
            row -> row.startsWith("address shared-hosts: east-0 and west-0 on e0, must be a host"));
  }

  @Test
  void a_sibling_whose_host_is_dead_is_left_behind_by_the_name_of_the_rule() {
    ObservedMembers all = observed();
    ObservedMembers without =
        new ObservedMembers(
            List.of(all.members().get(EAST_0), all.members().get(WEST_0)),
            List.of(gone()),
            new MemberRoles(
                List.of(all.hosts().roles().get(EAST_0), all.hosts().roles().get(WEST_0)),
                Epoch.NONE,
                List.of(gone())),
            all.endpoints(),
            new MemberSurroundings(
                List.of(all.around().ready().get(EAST_0), all.around().ready().get(WEST_0)),
                List.of(gone()),
                List.of(
                    all.around().surroundings().get(EAST_0),
                    all.around().surroundings().get(WEST_0)),
                List.of(),
                all.around().archives(),
                List.of()));
    assertThat(wrong(rows(without)))
        .containsExactly(
            "east-1 host-answers: no route, must be readable, with its authority file (rule"
                + " siblings); make its host reachable from the worker of its site; to move without"
                + " it, verify by other means that it does not accept writes",
            "east-1 answers: no route, must be yes: it has to follow the new primary (rule"
                + " siblings); fix it, or move without it: it is resilvered afterwards");
    assertThat(wrong(rows(without, "siblings"))).isEmpty();
  }

  private InstanceFailure gone() {
    return new InstanceFailure(
        cluster.members().get(EAST_1).id(), FailureCode.HOST_UNREACHABLE, "no route");
  }

  @Test
  void a_laggard_that_is_detached_holds_nothing_up() {
    ObservedMembers lags =
        Altered.of(observed(), "members.0.replication.senders.0.silentSeconds", 40);
    assertThat(wrong(rows(lags))).hasSize(1);
    assertThat(wrong(Preflight.of(move(cluster, "east-1"), lags, List.of()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quorum | quorum | ANY 1 (east_1, west_0)   | true",
        "quorum | quorum | ANY 2 (east_1, west_0)   | false",
        "sync   | async  | FIRST 1 (east_1, west_0) | false",
        "potential | sync | FIRST 1 (west_0, east_1) | true",
      })
  void one_that_commits_need_is_not_detached(
      String ofIt, String ofTheOther, String names, boolean may) {
    ObservedMembers seen =
        setting(
            Altered.of(
                Altered.of(observed(), "members.0.replication.senders.0.sync", ofIt),
                "members.0.replication.senders.1.sync",
                ofTheOther),
            EAST_0,
            "synchronous_standby_names",
            names);
    assertThat(Preflight.of(move(cluster, "east-1"), seen, List.of("synchronous-drift")))
        .filteredOn(row -> row.is("detach", "east-1"))
        .singleElement()
        .matches(row -> (row.verdict() == Judged.GOOD) == may);
  }

  /** An earlier move put the primary of that day in the place of the one that writes now. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ANY 1 (west_0, east_1)     | true",
        "any 1 (\"east_1\", west_0) | true",
        "ANY 2 (west_0, east_1)     | false",
        "FIRST 1 (west_0, east_1)   | false",
        "west_0, east_1             | false",
        "ANY 1 (west_0, east_1, x)  | false",
        "''                         | false",
      })
  void names_that_somebody_changed_by_hand_are_shown_with_those_of_the_file(
      String names, boolean asTheFile) {
    Cluster synchronous = Strait.synchronous();
    List<String> wrong =
        wrong(
            Preflight.of(
                move(synchronous),
                setting(observed(), EAST_0, "synchronous_standby_names", names),
                List.of()));
    if (asTheFile) {
      assertThat(wrong).isEmpty();
    } else {
      assertThat(wrong)
          .singleElement()
          .asString()
          .contains(names)
          .contains("must be ANY 1 (west_0, east_1), as the cluster file says");
    }
  }

  /** The move sets all of them again. */
  @Test
  void names_of_some_that_the_file_names_are_told_and_stand_against_no_move() {
    ObservedMembers some =
        setting(observed(), EAST_0, "synchronous_standby_names", "ANY 1 (west_0)");
    assertThat(Preflight.of(move(Strait.synchronous()), some, List.of()))
        .filteredOn(row -> row.is("synchronous-standby-names", "east-0"))
        .singleElement()
        .matches(row -> row.verdict() == Judged.WARNING)
        .matches(row -> row.limit().endsWith("as the cluster file says; the move sets all of them"))
        .matches(row -> row.remedy().contains("`mooring replicate setup`"));
  }

  @Test
  void commits_that_could_never_end_stand_against_a_move() {
    Cluster three =
        Strait.cluster(
            "\"file:/etc/mooring/replication\"}",
            "\"file:/etc/mooring/replication\","
                + " synchronous: {method: any, number: 3, instances: [east-0, west-0, east-1]}}");
    assertThat(wrong(Preflight.of(move(three), observed(), List.of("synchronous-drift"))))
        .singleElement()
        .asString()
        .startsWith("west-0 synchronous-standbys: ANY 3 (east_0, east_1), must be at least 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ANY 1 (east_0, east_1) | true",
        "ANY 1 (east_1)         | true",
        "ANY 1 (east_0)         | false",
        "ANY 1 (west_0, east_1) | true",
      })
  void the_primary_itself_is_replaced_by_who_was_it_before(String names, boolean asTheFile) {
    SynchronousStandbyNames file = SynchronousStandbyNames.of("ANY 1 (west_0, east_1)");
    assertThat(SynchronousStandbyNames.of(names).isAs(file, List.of("east_0", "east_1")))
        .isEqualTo(asTheFile);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ANY 1 (east_1)    | true",
        "FIRST 1 (*)       | true",
        "*                 | true",
        "ANY 2 (*)         | false",
        "FIRST 1 (east_1)  | false",
        "ANY 1 (north_0)   | false",
        "''                | false",
      })
  void those_that_streamed_at_a_setup_are_some_of_whom_the_file_names(String names, boolean some) {
    SynchronousStandbyNames file = SynchronousStandbyNames.of("ANY 1 (west_0, east_1)");
    assertThat(SynchronousStandbyNames.of(names).isOfSome(file, List.of("west_0", "east_1")))
        .isEqualTo(some);
  }
}
