package dev.mooring.fake;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.port.InstanceObserved;
import dev.mooring.port.InstanceObserved.Software;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The cluster of the tests: a fleet that publishes at east and is consumed at west, two instances
 * on each host.
 */
public final class Harbour {
  public static final SiteName EAST = new SiteName("east");
  public static final SiteName WEST = new SiteName("west");
  public static final WalSegmentSize WAL_SIZE = new WalSegmentSize(16 << 20);
  public static final ServerVersion VERSION = new ServerVersion(15, 20);
  public static final StandbyLimits LIMITS = new StandbyLimits(100, 8, 10, 10, 64);

  private static final int ON_A_HOST = 2;
  private static final Map<String, Cluster> PARSED = new ConcurrentHashMap<>();

  private static final String HEAD =
      """
      cluster: harbour
      kind: fleet
      evidence:
        store: {directory: /var/lib/mooring/evidence}
        signingKey: file:/etc/mooring/signing.pem
        trustedKeys: [/etc/mooring/signing.pub]
      ssh: {user: postgres, port: 22, identityFile: /etc/mooring/id, knownHostsFile: /etc/mooring/known}
      database: {user: mooring, name: postgres, password: pgpass, sslMode: disable}
      sites:
        - {name: east, archive: {directory: "/archive/{content}"}}
        - {name: west, consume: onPublish, archive: {directory: "/archive/{content}", restoreCommand: 'cp "{archive}/%f" "%p"'}}
      """;

  private static final String POLICIES =
      """
      publish: {site: east, every: PT5M, archiveWait: PT30S, archivePoll: PT2S, switchWal: true, checkpointBeforePoint: never}
      consume: {timeout: PT300S, poll: PT5S}
      """;

  private Harbour() {}

  /** The cluster with that many contents. */
  public static Cluster cluster(int contents) {
    return cluster(contents, ON_A_HOST);
  }

  /** The cluster with that many contents, so many of them on each host. */
  public static Cluster cluster(int contents, int onAHost) {
    return parsed(text(contents, onAHost));
  }

  /** The cluster of its file with one piece of the text changed; the piece must be there. */
  public static Cluster cluster(int contents, String piece, String changed) {
    String text = text(contents, ON_A_HOST);
    if (!text.contains(piece)) {
      throw new IllegalArgumentException("the cluster file has no '" + piece + "'");
    }
    return parsed(text.replace(piece, changed));
  }

  /** The cluster of two contents with its evidence in three stores, two of which must do. */
  public static Cluster inSeveralStores() {
    return cluster(
        2,
        "  signingKey:",
        """
          furtherStores: [{directory: /mnt/second}, {directory: /mnt/third}]
          writes: 2
          signingKey:\
        """);
  }

  /**
   * The cluster of two contents whose east can ask whether WAL is archived and fetch none of it.
   *
   * @param proof what READY demands
   */
  public static Cluster asked(String proof) {
    String directory = "{name: east, archive: {directory: \"/archive/{content}\"";
    return parsed(
        text(2, ON_A_HOST)
            .replace(
                directory,
                directory
                    + ", restoreCommand: 'exit 2; {archive} %f %p',"
                    + " walCheck: {command: 'test -f {wal_path}'}")
            .replace("archiveWait: PT30S", "archiveWait: PT30S, archiveProof: " + proof));
  }

  /** A Greenplum: coordinator with its standby, two segments with a mirror each, their copies. */
  public static Cluster dock() {
    return parsed(text("dock.yaml"));
  }

  /**
   * A cluster that streams, east-0, east-1, west-0 and west-1, with PgBouncer, HAProxy, an address
   * and a command before it, and a copy deep-0 that is moored.
   */
  public static Cluster strait() {
    return parsed(text("strait.yaml"));
  }

  /** The same with one piece of its file changed. */
  public static Cluster strait(String piece, String changed) {
    return parsed(text("strait.yaml").replace(piece, changed));
  }

  /** The same with nobody fed by the archive and no cascade: all follow the primary. */
  public static Cluster straitOfOneUpstream() {
    return parsed(
        text("strait.yaml").replace("follows: archive, ", "").replace("follows: west-0, ", ""));
  }

  /** The same as strait(), in which no failover is made without a person. */
  public static Cluster straitThatAsks() {
    return parsed(text("strait.yaml").replaceFirst(" +automatic: .*\\n", ""));
  }

  private static String text(String file) {
    try (InputStream in =
        ClusterFileParser.class.getResourceAsStream("/dev/mooring/clusterfile/" + file)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** The cluster of a file's text, which is read once for all tests. */
  public static Cluster parsed(String text) {
    return PARSED.computeIfAbsent(
        text,
        unread ->
            ClusterFileParser.parse(unread)
                .match(
                    cluster -> cluster,
                    problems -> {
                      throw new IllegalArgumentException(problems.toString());
                    }));
  }

  private static String text(int contents, int onAHost) {
    int hosts = (contents + onAHost - 1) / onAHost;
    return HEAD
        + "hosts:\n"
        + IntStream.range(0, hosts)
            .mapToObj(i -> host("e", i, 10) + host("w", i, 20))
            .collect(Collectors.joining())
        + "instances:\n"
        + IntStream.range(0, contents)
            .mapToObj(i -> instance("east", i, onAHost) + instance("west", i, onAHost))
            .collect(Collectors.joining())
        + POLICIES;
  }

  private static String host(String letter, int number, int net) {
    return String.format(
        "  - {name: %s%d, access: ssh, address: 127.31.%d.%d, directory: /var/lib/mooring}%n",
        letter, number, net, number + 1);
  }

  private static String instance(String site, int content, int onAHost) {
    return String.format(
        "  - {id: %1$s-%2$d, site: %1$s, content: %2$d, host: %3$s%4$d, port: %5$d,"
            + " dataDirectory: /data/%1$s-%2$d, manager: {pg_ctl: /usr/lib/postgresql/15/bin}}%n",
        site, content, site.charAt(0), content / onAHost, 6000 + content % onAHost);
  }

  /** A data directory and programs of that version. */
  public static Software software(ServerVersion version) {
    return new Software(
        version.major(), version, List.of(new InstanceObserved.Program("pg_waldump", version)));
  }

  /** What initdb gave the instances of a content. */
  public static SystemIdentifier systemOf(ContentId content) {
    return new SystemIdentifier(7_100_000_000_000_000_001L + content.value());
  }

  /** One instance of the cluster, by its name. */
  public static Instance instance(Cluster cluster, String id) {
    return cluster.instances().stream()
        .filter(i -> i.id().value().equals(id))
        .findFirst()
        .orElseThrow();
  }
}
