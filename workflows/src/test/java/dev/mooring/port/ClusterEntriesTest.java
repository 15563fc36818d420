package dev.mooring.port;

import static dev.mooring.fake.Harbour.EAST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mooring.authority.Epoch;
import dev.mooring.fake.Altered;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.Strait;
import dev.mooring.port.AccessActivities.EnsureAccess;
import dev.mooring.port.AccessActivities.ObserveAdmission;
import dev.mooring.port.AccountActivities.Account;
import dev.mooring.port.ArchiveActivities.AwaitHistory;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.CopyLimits;
import dev.mooring.port.CopyActivities.OwnSetting;
import dev.mooring.port.CopyActivities.RunCommand;
import dev.mooring.port.CopyActivities.Source;
import dev.mooring.port.DatabaseActivities.EnsureRestorePoint;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.EndpointActivities.AboutEndpoints;
import dev.mooring.port.EvidenceActivities.EnsureWritable;
import dev.mooring.port.FailoverActivities.FenceHost;
import dev.mooring.port.FailoverActivities.FetchWal;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.NoticeActivities.EnsureNoticed;
import dev.mooring.port.NoticeActivities.Notice;
import dev.mooring.port.PatroniActivities.AskPatroni;
import dev.mooring.port.PrimaryActivities.ObservePrimary;
import dev.mooring.port.PrimaryActivities.SetPrimary;
import dev.mooring.port.PrimaryActivities.Wanted;
import dev.mooring.port.RoleActivities.Follow;
import dev.mooring.port.RoleActivities.NameNobody;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.port.WatchActivities.WatchedSite;
import dev.mooring.port.WitnessActivities.TryFromHost;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.Endpoint.PgBouncer;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.NoticePolicy.Channel;
import dev.mooring.topology.NoticePolicy.Severity;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.Site;
import dev.mooring.topology.Site.Archive;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Login;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a worker lets a request name: each text that leads anywhere stands in its cluster file. */
class ClusterEntriesTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Cluster STRAIT =
      Harbour.strait(
          "switchover: {outage",
          """
            onRoleChange: "told {role} of {cluster}"
          notices: {channels: [{name: pager, from: error, command: "page"}]}
          switchover: {outage\
          """);
  private static final Cluster PATRONI = Strait.byPatroni();
  private static final Instance PRIMARY = Harbour.instance(STRAIT, "east-0");
  private static final Instance STANDBY = Harbour.instance(STRAIT, "west-0");
  private static final HostWork ON = WorkLists.on(STRAIT, PRIMARY);
  private static final StreamingPolicy STREAMING = STRAIT.streaming().orElseThrow();
  private static final Login LOGIN = STREAMING.replication().login();
  private static final DatabaseAccess ACCESS = STRAIT.policies().database();
  private static final EvidencePolicy EVIDENCE = STRAIT.policies().evidence().at(EAST);
  private static final Archive ARCHIVE = STRAIT.site(EAST).orElseThrow().archive();
  private static final String RESTORE = ARCHIVE.restoreCommandOf(PRIMARY.content());
  private static final Upstream UPSTREAM =
      new Upstream(PRIMARY.id(), "e0.example.org", 5432, LOGIN, "west_0", "west_0");
  private static final Call CALL = call(STRAIT);

  /**
   * @param request that a runbook sends
   * @param path of what an intruder alters in it
   * @param to what it becomes
   * @param entry the refusal names
   */
  private record Row(Cluster of, Object request, String path, Object to, String entry) {
    @Override
    public String toString() {
      return request.getClass().getSimpleName() + "." + path + " = " + to;
    }
  }

  private static Row row(Object request, String path, Object to, String entry) {
    return new Row(STRAIT, request, path, to, entry);
  }

  static Stream<Row> entries() {
    return Stream.of(
        row(roles(), "on.host.access", localBy("touch", "/tmp/x"), "hosts.e0"),
        row(roles(), "on.host.access.address", "10.6.6.6", "hosts.e0"),
        row(roles(), "on.host.access.identityFile", "/root/.ssh/id", "hosts.e0"),
        row(roles(), "on.host.directory", "/etc", "hosts.e0"),
        row(roles(), "on.host", STRAIT.host(STANDBY.host()), "instances[].host"),
        row(roles(), "on.instances.0.dataDirectory", "/etc", "instances.east-0"),
        row(servers(), "access.sslMode", "disable", "database"),
        row(servers(), "servers.0.address", "10.6.6.6", "hosts[].address"),
        row(
            new EnsureWritable(CALL, EVIDENCE, STRAIT.name()),
            "evidence.store.path",
            "/",
            "evidence"),
        row(history(), "archive.restoreCommand", "touch /tmp/x", "sites[].archive"),
        row(endpoints(), "endpoints.0.databasesFile", "/etc/passwd", "endpoints.pooler"),
        row(endpoints(), "endpoints.3.route", "touch /tmp/x", "endpoints.dns"),
        row(endpoints(), "endpoints.3.name", "a\nb", "endpoints.a?b"),
        row(point(), "barrier", new Barrier.Command("x", "x", MINUTE), "publish.barrier"),
        row(fence(), "fence.command", "touch /tmp/x", "failover.fences.w0"),
        row(fence(), "host", STRAIT.host(PRIMARY.host()), "failover.fences"),
        row(fence(), "instance", "east-0", "failover.fences"),
        row(fence(), "from", List.of(STRAIT.host(PRIMARY.host())), "failover.fences"),
        row(notice(), "channel.to", "touch /tmp/x", "notices.channels.pager"),
        new Row(
            PATRONI,
            new AskPatroni(call(PATRONI), PATRONI.patroni().orElseThrow()),
            "policy.members.0.address",
            "10.6.6.6",
            "patroni"));
  }

  static Stream<Row> derived() {
    return Stream.of(
        row(roles(), "call.run", "../../x", "call.run"),
        row(new NameNobody(CALL, ON, 1, "run"), "run", "a b\nc", "run"),
        row(follow(), "upstream.0.host", "10.6.6.6", "hosts[].address"),
        row(follow(), "upstream.0.port", 6666, "hosts[].address"),
        row(follow(), "upstream.0.login.password", "file:/etc/shadow", "replication.user"),
        row(follow(), "restoreCommand", "touch /tmp/x", "sites[].archive.restoreCommand"),
        row(follow(), "database", "other", "database.name"),
        row(copy(), "source.restoreCommand", "touch /tmp/x", "sites[].archive.restoreCommand"),
        row(copy(), "source.database", "other", "sites[].archive.restoreCommand"),
        row(copy(), "own.0.name", "archive_command", "sites[].archive.restoreCommand"),
        row(copy(), "own.1.value", "*", "sites[].archive.restoreCommand"),
        row(tried(), "address", "10.6.6.6", "hosts[].address"),
        row(tried(), "port", 22, "hosts[].address"),
        row(command(), "template", "touch /tmp/x", "replication.onRoleChange"),
        row(setting(), "settings.1.value", "touch /tmp/x", "sites[].archive.directory"),
        row(setting(), "settings.0.name", "shared_preload_libraries", "sites[].archive.directory"),
        row(setting(), "archive", "/etc", "sites[].archive.directory"),
        row(new ObservePrimary(CALL, ON, "/archive"), "archive", "/", "sites[].archive.directory"),
        row(setting(), "settings.0.value", "on\n", "sites[].archive.directory"),
        row(setting(), "settings.0.value", "minimal", "sites[].archive.directory"),
        row(admission(), "database", "other", "database.name"),
        row(account(), "user", "postgres", "replication.user"),
        row(account(), "password", "file:/etc/shadow", "replication.user"),
        row(pause(), "host", STRAIT.host(PRIMARY.host()), "endpoints[].pgbouncer.host"),
        row(fetch(), "from.host", STRAIT.host(PRIMARY.host()), "instances[].host"),
        row(watched(), "hosts.0.host", STRAIT.host(STANDBY.host()), "instances[].host"));
  }

  static Stream<Row> accessLines() {
    return Stream.of(
            "host all all 0.0.0.0/0 trust",
            "host \"a\" \"b\" all scram-sha-256",
            "host \"a\" \"b\" 0.0.0.0/0 scram-sha-256",
            "host \"a\" \"b\" h trust\nhost",
            "host \"a\nhost all all all trust\" \"b\" h scram-sha-256",
            "host \"a\" \"b\" 2001::/32 scram-sha-256",
            "host \"a\" \"b\" .org scram-sha-256",
            "host \"/.*\" \"b\" h scram-sha-256",
            "host \"a\" \"/.*\" h scram-sha-256",
            "host \"a\" \"b\" # scram-sha-256")
        .map(line -> row(access(), "lines.0", line, "replication.user"));
  }

  @ParameterizedTest
  @MethodSource({"entries", "derived", "accessLines"})
  void a_request_names_what_its_cluster_file_has(Row row) {
    ClusterEntries file = ClusterEntries.of(row.of());
    assertThat(file.differing(row.request())).isEmpty();
    assertThat(file.differing(Altered.of(row.request(), row.path(), row.to())))
        .hasValue(row.entry());
  }

  @Test
  void a_request_names_the_authority_of_patroni_that_its_cluster_file_has() {
    PatroniPolicy own = PATRONI.patroni().orElseThrow();
    PatroniPolicy theirs =
        new PatroniPolicy(own.scope(), own.members(), own.logins(), List.of("/tmp/theirs.pem"));
    assertThat(ClusterEntries.of(PATRONI).differing(new AskPatroni(call(PATRONI), theirs)))
        .hasValue("patroni");
  }

  static Stream<Cluster> clusters() {
    String east = "{name: east, archive: {directory: /archive}}";
    return Stream.of(
        STRAIT,
        PATRONI,
        Harbour.cluster(2),
        Harbour.inSeveralStores(),
        Harbour.dock(),
        Harbour.strait(east, "{name: east, archive: {pgbackrest: {stanza: main}}}"),
        Harbour.strait(
            east,
            "{name: east, archive: {s3: {bucket: wal, region: eu-central-1, curlConfig: /c}}}"),
        Harbour.strait(east, "{name: east, archive: {sftp: {host: f0, directory: /wal}}}"),
        Harbour.strait(
            "{directory: /var/lib/mooring/evidence}", "{sftp: {host: f0, directory: /evidence}}"),
        Harbour.strait(
            "{directory: /var/lib/mooring/evidence}",
            "{s3: {bucket: evidence, region: eu-central-1}}"),
        Harbour.strait(
            "publish: {site: east}",
            "publish: {site: east, barrier: {sql: {instance: east-0, enter: a, leave: b}}}"),
        Harbour.strait(
            "publish: {site: east}",
            """
            publish: {site: east}
            notices: {channels: [{name: post, mail: {server: m, sender: a@m, to: [b@m]}}]}\
            """));
  }

  /** An entry that JSON alters would be refused to each run. */
  @ParameterizedTest
  @MethodSource("clusters")
  void an_entry_comes_back_from_a_payload_as_it_was(Cluster cluster) {
    ClusterEntries file = ClusterEntries.of(cluster);
    assertThat(file.differing(Altered.of(cluster, "digest", "another"))).isEmpty();
    for (Site site : cluster.sites()) {
      EvidencePolicy evidence = cluster.policies().evidence().at(site.name());
      assertThat(file.differing(Altered.of(evidence, "signingKey", evidence.signingKey())))
          .isEmpty();
      assertThat(file.differing(evidence.oneByOne())).isEmpty();
    }
  }

  /** The one of them that a host reads for an instance elsewhere. */
  @Test
  void a_host_may_read_the_archive_of_an_instance_of_another() {
    AwaitHistory history =
        new AwaitHistory(
            CALL,
            new HostWork(STRAIT.host(STANDBY.host()), List.of(PRIMARY)),
            ARCHIVE,
            TimelineId.FIRST,
            MINUTE);
    assertThat(ClusterEntries.of(STRAIT).differing(history)).isEmpty();
  }

  /** What is in a value of a kind that is not known is not judged. */
  @Test
  void a_value_of_an_unknown_kind_is_not_taken_for_one_without_entries() {
    ClusterEntries file = ClusterEntries.of(STRAIT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> file.differing(Optional.of(STRAIT.hosts().get(0))));
  }

  private static Call call(Cluster of) {
    return new Call(of.name(), "0193a-7", "look", 0, Epoch.NONE);
  }

  private static HostAccess localBy(String... prefix) {
    return HostAccess.local("e0.example.org", List.of(prefix));
  }

  private static ObserveRoles roles() {
    return new ObserveRoles(CALL, ON);
  }

  private static OnServers servers() {
    return new OnServers(CALL, ACCESS, List.of(WorkLists.server(STRAIT, PRIMARY)));
  }

  private static AwaitHistory history() {
    return new AwaitHistory(CALL, ON, ARCHIVE, TimelineId.FIRST, MINUTE);
  }

  private static EnsureRestorePoint point() {
    return new EnsureRestorePoint(
        CALL,
        ACCESS,
        List.of(WorkLists.server(STRAIT, PRIMARY)),
        STRAIT.policies().publish().barrier(),
        Instant.EPOCH);
  }

  private static FenceHost fence() {
    FenceCommand fence = STREAMING.failover().fenceOf(STANDBY.host()).orElseThrow();
    return new FenceHost(CALL, STANDBY.id(), STRAIT.host(STANDBY.host()), fence, List.of());
  }

  private static AboutEndpoints endpoints() {
    return new AboutEndpoints(
        CALL,
        STREAMING.endpoints(),
        List.of(STRAIT.host(new HostName("f0"))),
        WorkLists.servers(STRAIT, STRAIT.members()));
  }

  private static EnsureNoticed notice() {
    Channel pager = STRAIT.policies().notices().get(0).ofThose(Severity.CRITICAL).channels().get(0);
    Notice notice =
        new Notice(
            "key",
            STRAIT.name(),
            NoticeActivities.Event.TEST,
            Severity.INFO,
            new NoticeActivities.SendingRun("test", "id", "run", ""),
            new NoticeActivities.Message("words"),
            "now");
    return new EnsureNoticed(CALL, pager, notice);
  }

  private static Follow follow() {
    return new Follow(
        CALL,
        WorkLists.on(STRAIT, STANDBY),
        List.of(UPSTREAM),
        RESTORE,
        List.of(),
        ACCESS.database());
  }

  private static Copy copy() {
    return new Copy(
        CALL,
        WorkLists.on(STRAIT, STANDBY),
        CopyActivities.Way.REWIND,
        new Source(UPSTREAM, ACCESS.database(), RESTORE, List.of()),
        new CopyLimits(0, MINUTE, true),
        List.of(
            new OwnSetting("port", "5432"), new OwnSetting("listen_addresses", "w0.example.org")),
        List.of());
  }

  private static TryFromHost tried() {
    return new TryFromHost(CALL, ON, "w0.example.org", 5432, 1);
  }

  private static RunCommand command() {
    return new RunCommand(
        CALL, ON, "replication.onRoleChange", "told standby of strait", PRIMARY.id(), MINUTE);
  }

  private static SetPrimary setting() {
    return new SetPrimary(
        CALL,
        ON,
        List.of(
            new Wanted("wal_level", "replica"),
            new Wanted("archive_command", ARCHIVE.archiveCommandOf(PRIMARY.content()))),
        "/archive");
  }

  private static EnsureAccess access() {
    return new EnsureAccess(
        CALL,
        ON,
        List.of(
            "hostssl replication \"streamer\" w0.example.org scram-sha-256",
            "host \"postgres\" \"streamer\" 192.0.2.7/32 scram-sha-256",
            "host \"postgres\" \"streamer\" 2001:db8::7/128 scram-sha-256"));
  }

  private static ObserveAdmission admission() {
    return new ObserveAdmission(CALL, ON, List.of(UPSTREAM), ACCESS.database());
  }

  private static Account account() {
    return new Account(
        CALL, ACCESS, WorkLists.server(STRAIT, PRIMARY), LOGIN.user(), LOGIN.password());
  }

  private static PauseToSee pause() {
    PgBouncer pooler = STREAMING.poolers().get(0);
    return new PauseToSee(pooler, STRAIT.host(pooler.host()), "marker");
  }

  private static FetchWal fetch() {
    return new FetchWal(
        CALL,
        ON,
        WorkLists.on(STRAIT, STANDBY),
        Harbour.systemOf(PRIMARY.content()),
        new WalPosition(TimelineId.FIRST, Lsn.parse("0/1000000")),
        MINUTE);
  }

  private static WatchedSite watched() {
    return new WatchedSite(
        EAST,
        ACCESS,
        List.of(WorkLists.server(STRAIT, PRIMARY)),
        List.of(ON),
        List.of(),
        List.of());
  }
}
