package dev.mooring.fake;

import dev.mooring.authority.Epoch;
import dev.mooring.contract.StreamingWorld.PowerSwitch;
import dev.mooring.port.RehearsalActivities.LastRehearsal;
import dev.mooring.port.RehearsalActivities.Proof;
import dev.mooring.port.RoleActivities.Relaxed;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Cluster.Policies;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy.Login;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The cluster of the tests that streams: east-0 is the primary, east-1 and west-0 follow it, each
 * on a host of its own, clients come by PgBouncer and HAProxy on f0.
 */
public final class Strait {
  private static final String TEXT =
      """
      cluster: strait
      kind: postgres
      evidence:
        store: {directory: /var/lib/mooring/evidence}
        signingKey: file:/etc/mooring/signing.pem
        trustedKeys: [/etc/mooring/signing.pub]
      ssh: {user: postgres, port: 22, identityFile: /etc/mooring/id, knownHostsFile: /etc/mooring/known}
      database: {user: mooring, name: postgres, password: pgpass, sslMode: disable}
      sites:
        - {name: east, archive: {directory: "/archive/{content}", restoreCommand: 'cp "{archive}/%f" "%p"'}}
        - {name: west, follows: streaming, archive: {directory: "/archive/{content}", restoreCommand: 'cp "{archive}/%f" "%p"'}}
      hosts:
        - {name: e0, access: ssh, address: 127.31.10.1, directory: /var/lib/mooring}
        - {name: e1, access: ssh, address: 127.31.10.2, directory: /var/lib/mooring}
        - {name: w0, access: ssh, address: 127.31.20.1, directory: /var/lib/mooring}
        - {name: f0, access: ssh, address: 127.31.30.1, directory: /var/lib/mooring}
      instances:
        - {id: east-0, site: east, content: 0, host: e0, port: 6000, dataDirectory: /data/east-0, manager: {pg_ctl: /usr/lib/postgresql/15/bin}}
        - {id: east-1, site: east, content: 0, host: e1, port: 6000, dataDirectory: /data/east-1, manager: {pg_ctl: /usr/lib/postgresql/15/bin}}
        - {id: west-0, site: west, content: 0, host: w0, port: 6000, dataDirectory: /data/west-0, manager: {pg_ctl: /usr/lib/postgresql/15/bin}}
      publish: {site: east}
      replication: {user: replication, password: "file:/etc/mooring/replication"}
      endpoints:
        - {name: pooler, pgbouncer: {host: f0, port: 6432, user: mooring, password: "file:/etc/mooring/pooler", databasesFile: /etc/pgbouncer/databases.ini, database: postgres}}
        - {name: balancer, haproxy: {host: f0, socket: /run/haproxy/admin.sock, writeBackend: writes, readBackend: reads}}
      """;

  private static final String DR_SITE =
      "  - {name: deep, archive: {directory: /archive, restoreCommand: 'cp {archive}/%f %p'}}\n";

  private static final String DR_HOST =
      "  - {name: d0, access: ssh, address: 127.31.40.1, directory: /var/lib/mooring}\n";

  private static final String DR_INSTANCE =
      "  - {id: deep-0, site: deep, content: 0, host: d0, port: 6000, dataDirectory: /data/deep-0,"
          + " manager: {pg_ctl: /usr/lib/postgresql/15/bin}}\n";

  private Strait() {}

  /** East-0, the primary, dies with WAL that nobody else has, and west-0 takes over. */
  public static void divergeEast(FakeMembers members) {
    members.cut("east-0", true);
    members.write("east-0");
    members.kill("east-0");
    members.cut("east-0", false);
    members.promote("west-0");
    members.write("west-0");
  }

  /** Its server can't parse Mooring's access lines. */
  public static void parsesNoAccess(FakeMembers members, String id) {
    synchronized (members) {
      members.member(new InstanceId(id)).parsesNoAccess = true;
    }
  }

  /** Links make its data directory that of another on its host. */
  public static void sharesDirectory(FakeMembers members, String id) {
    synchronized (members) {
      members.member(new InstanceId(id)).sharesDirectory = true;
    }
  }

  /** What a member received last can't be read there: its promotion leaves that behind. */
  public static void losesItsEnd(FakeMembers members, String id) {
    synchronized (members) {
      members.member(new InstanceId(id)).losesItsEnd = true;
    }
  }

  /** The WAL of that one can't be read on its disk. */
  public static void unreadableWal(FakeMembers members, String id) {
    synchronized (members) {
      members.member(new InstanceId(id)).unreadableWal = "its pg_wal can't be read";
    }
  }

  /** It has so much to replay, and comes so far with that from look to look, a second each. */
  public static void replays(FakeMembers members, String id, long left, long perLook) {
    synchronized (members) {
      members.member(new InstanceId(id)).unreplayed = left;
      members.member(new InstanceId(id)).replaysPerLook = perLook;
    }
  }

  /** It applies WAL so late, and has some that it received and has not applied yet. */
  public static void appliesLate(FakeMembers members, String id, String delay) {
    members.setOn(id, "recovery_min_apply_delay", delay);
    replays(members, id, FakeMember.RECORD, 0);
  }

  /** It has no older WAL than from there on. */
  public static void keepsWalFrom(FakeMembers members, String id, Lsn oldest) {
    synchronized (members) {
      members.member(new InstanceId(id)).oldest = oldest;
    }
  }

  /** Its sender reports that it catches up. */
  public static void catchesUp(FakeMembers members, String id) {
    synchronized (members) {
      members.member(new InstanceId(id)).catchesUp = true;
    }
  }

  /** Its slot of that name reserves no WAL: lost, or empty where it was never used. */
  public static void slotWithout(FakeMembers members, String id, String name, String walStatus) {
    synchronized (members) {
      members.member(new InstanceId(id)).slotsWithout.put(name, walStatus);
    }
  }

  /** It streams by a connection of which one of libpq's keywords has that value. */
  public static void connectedBy(FakeMembers members, String id, String keyword, String value) {
    synchronized (members) {
      FakeMember member = members.member(new InstanceId(id));
      member.upstream = member.upstream.map(now -> with(now, keyword, value));
    }
  }

  private static Upstream with(Upstream now, String keyword, String value) {
    return new Upstream(
        now.instance(),
        keyword.equals("host") ? value : now.host(),
        keyword.equals("port") ? Integer.parseInt(value) : now.port(),
        new Login(
            keyword.equals("user") ? value : now.login().user(),
            now.login().password(),
            keyword.equals("sslmode") ? value : now.login().sslMode(),
            now.login().sslRootCertificate()),
        now.application(),
        now.slot());
  }

  /** The authority of one member's host alone says so, since that epoch. */
  public static void reported(FakeMembers members, String id, String writer, long epoch) {
    synchronized (members) {
      FakeMember member = members.member(new InstanceId(id));
      members.mayWrite(member, writer, new Epoch(epoch), "run-of-the-move");
    }
  }

  /** It began to follow a primary of that timeline, and ended at once. */
  public static void fetchedHistory(FakeMembers members, String id, long timeline) {
    synchronized (members) {
      members.member(new InstanceId(id)).fetched = Optional.of(new TimelineId(timeline));
    }
  }

  /** It was promoted beside the others, and recovers again since: on a timeline of its own. */
  public static void promotedAside(FakeMembers members, String id) {
    synchronized (members) {
      FakeMember member = members.member(new InstanceId(id));
      member.promote();
      member.standbySignal = true;
      member.state = InstanceState.IN_ARCHIVE_RECOVERY;
    }
  }

  /** A run of that epoch made it follow another. */
  public static void madeToFollow(FakeMembers members, String id, String upstream, long epoch) {
    synchronized (members) {
      members.member(new InstanceId(id)).madeToFollow(new InstanceId(upstream), new Epoch(epoch));
    }
  }

  /** All members have it in their catalogue for whom commits wait for nobody. */
  public static void unwaited(FakeMembers members, String... who) {
    synchronized (members) {
      members.all().forEach(member -> member.unwaited = List.of(who));
    }
  }

  /** That host has it recorded that commits of a primary may have waited for nobody. */
  public static void relaxed(FakeCluster world, String host, String primary, long timeline) {
    synchronized (world.members()) {
      InstanceId id = new InstanceId(primary);
      world.host(new HostName(host)).relaxed.put(id, new Relaxed(id, new TimelineId(timeline), 7));
    }
  }

  /** The hosts that have that recorded. */
  public static List<String> relaxedOn(FakeCluster world, String... hosts) {
    synchronized (world.members()) {
      return Arrays.stream(hosts)
          .filter(host -> !world.host(new HostName(host)).relaxed.isEmpty())
          .toList();
    }
  }

  /** The switch of a host's power behaves so from now on. */
  public static void powerSwitch(FakeCluster world, String host, PowerSwitch behaves) {
    synchronized (world.members()) {
      world.host(new HostName(host)).powerSwitch = behaves;
    }
  }

  /** Servers on that host start with a fence in their configuration from now on, or no more. */
  public static void ignoresFences(FakeCluster world, String host, boolean ignores) {
    world.host(new HostName(host)).ignoresFences = ignores;
  }

  /** No record of a rehearsal is on that host any more. */
  public static void losesRehearsals(FakeCluster world, String host) {
    world.host(new HostName(host)).rehearsed.clear();
  }

  /** What records rehearsals on that host is not whole. */
  public static void tearsRehearsals(FakeCluster world, String host) {
    world.host(new HostName(host)).unreadableRehearsals = true;
  }

  /** The cluster. */
  public static Cluster cluster() {
    return Harbour.parsed(TEXT);
  }

  /** The cluster where east-1 is to follow west-0, a cascade. */
  public static Cluster cascade() {
    return cluster("content: 0, host: e1,", "follows: west-0, content: 0, host: e1,");
  }

  /** The cluster with a fourth member, east-2 on the host of east-0, which is to follow east-1. */
  public static Cluster belowEast() {
    return Harbour.parsed(withEast2("follows: east-1, "));
  }

  private static String withEast2(String follows) {
    String one = "- {id: east-1, site: east, content: 0, host: e1, port: 6000, dataDirectory: ";
    String two =
        one.replace("east-1", "east-2").replace("host: e1, port: 6000", "host: e0, port: 6001")
            + "/data/east-2, "
            + follows
            + "manager: {pg_ctl: /usr/lib/postgresql/15/bin}}\n  ";
    return TEXT.replace(one, two + one);
  }

  /** The cluster whose standbys are fed by the archive alone. */
  public static Cluster fedByArchive() {
    return Harbour.parsed(
        TEXT.replaceAll("content: 0, host: (e1|w0),", "follows: archive, content: 0, host: $1,"));
  }

  /** The cluster with an administrator's own commands around the healing of a standby. */
  public static Cluster around(String before, String after) {
    return cluster(
        "endpoints:", "resilver: {before: '" + before + "', after: '" + after + "'}\nendpoints:");
  }

  /** The cluster whose commits wait for any one of its standbys. */
  public static Cluster synchronous() {
    return synchronous("{}");
  }

  /** The same, with that section {@code failover}. */
  public static Cluster synchronous(String failover) {
    return cluster(
        "\"file:/etc/mooring/replication\"}",
        "\"file:/etc/mooring/replication\","
            + " synchronous: {method: any, number: 1, instances: [west-0, east-1]}}\nfailover: "
            + failover);
  }

  /** The cluster that may fail over alone, whose watch reacts so if no member accepts writes. */
  public static Cluster failingOver(String reaction) {
    return synchronous("{automatic: {}}\nwatch: {reactions: {failover: " + reaction + "}}");
  }

  /** The cluster with a DR site, whose instance is deep-0 on d0, and that before its sites. */
  public static Cluster withDrSite(String sections) {
    return Harbour.parsed(
        TEXT.replace("sites:\n", sections + "sites:\n" + DR_SITE)
            .replace("hosts:\n", "hosts:\n" + DR_HOST)
            .replace("instances:\n", "instances:\n" + DR_INSTANCE));
  }

  /** A cluster whose instances are all on the host of its first, each at a port of its own. */
  public static Cluster onOneHost(Cluster cluster) {
    return beside(cluster, cluster.instances());
  }

  /** A cluster with east-1 on the host of east-0. */
  public static Cluster besideEast(Cluster cluster) {
    return beside(cluster, cluster.instances().subList(0, 2));
  }

  private static Cluster beside(Cluster cluster, List<Instance> moved) {
    List<Instance> there = new ArrayList<>();
    for (Instance one : cluster.instances()) {
      if (!moved.contains(one)) {
        there.add(one);
        continue;
      }
      there.add(
          new Instance(
              one.id(),
              one.site(),
              one.content(),
              cluster.instances().get(0).host(),
              7000 + there.size(),
              "/data/" + one.id(),
              one.manager(),
              one.dbid(),
              one.mirror(),
              one.upstream()));
    }
    return new Cluster(
        cluster.name(),
        cluster.kind(),
        cluster.digest(),
        cluster.sites(),
        cluster.hosts(),
        there,
        cluster.policies());
  }

  /** A primary writes so many WAL files. */
  public static void writesFiles(FakeMembers members, String id, int files) {
    synchronized (members) {
      FakeMember member = members.member(new InstanceId(id));
      member.end = member.end.plus(files * 16L * 1024 * 1024);
      members.stream();
    }
  }

  /** A move of that epoch let that one write, as the authority file of its own host says. */
  public static void named(FakeCluster world, String writer, long epoch) {
    FakeMembers members = world.members();
    FakeMember member = members.member(new InstanceId(writer));
    members.mayWrite(member, writer, new Epoch(epoch), "the-move");
  }

  /** Somebody stops that server as pg_ctl does. */
  public static void stopped(FakeCluster world, String instance) {
    synchronized (world.members()) {
      world.members().member(new InstanceId(instance)).shutDown();
    }
  }

  /** The fences of that one were rehearsed on its host. */
  public static void rehearsed(
      FakeCluster world, String instance, Instant at, boolean passed, Proof... shown) {
    InstanceId id = new InstanceId(instance);
    world
        .host(world.members().member(id).instance().host())
        .rehearsed
        .put(
            id,
            new LastRehearsal(
                id, at, passed, "the-rehearsal", "as it was", List.of(shown), List.of()));
  }

  /** The cluster with Patroni over its members, and so without HAProxy in its file. */
  public static Cluster byPatroni() {
    return called("", TEXT);
  }

  /** The same, whose members Patroni calls by their ids after that prefix. */
  public static Cluster byPatroni(String prefix) {
    return called(prefix, TEXT);
  }

  /** Another whose members Patroni runs, and calls by their ids after that prefix. */
  public static Cluster byPatroni(Cluster cluster, String prefix) {
    Policies now = cluster.policies();
    return new Cluster(
        cluster.name(),
        cluster.kind(),
        cluster.digest(),
        cluster.sites(),
        cluster.hosts(),
        cluster.instances(),
        new Policies(
            now.database(),
            now.evidence(),
            now.publish(),
            now.consume(),
            now.streaming(),
            byPatroni(prefix).policies().patroni(),
            now.notices(),
            now.approvals()));
  }

  /** The same with a fourth member, east-2. */
  public static Cluster belowEastByPatroni() {
    return called("", withEast2(""));
  }

  private static Cluster called(String prefix, String text) {
    return Harbour.parsed(
        text.replaceAll(
                    "(id: )(\\S+)(,.*)pg_ctl: (\\S+)}}",
                    "$1$2$3patroni: {programs: $4, member: " + prefix + "$2}}}")
                .replaceAll("(?m)^  - \\{name: balancer.*\\n", "")
            + "patroni: {scope: strait, user: rest, password: \"file:/etc/mooring/rest\"}\n");
  }

  /** The cluster of its file with one piece of the text changed; the piece must be there. */
  public static Cluster cluster(String piece, String changed) {
    if (!TEXT.contains(piece)) {
      throw new IllegalArgumentException("the cluster file has no '" + piece + "'");
    }
    return Harbour.parsed(TEXT.replace(piece, changed));
  }
}
