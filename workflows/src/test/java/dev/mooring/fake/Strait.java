package dev.mooring.fake;

import dev.mooring.clusterfile.ClusterFileParser;
import dev.mooring.topology.Cluster;

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

  /** The cluster. */
  public static Cluster cluster() {
    return parsed(TEXT);
  }

  /** The cluster whose commits wait for any one of its standbys. */
  public static Cluster synchronous() {
    return cluster(
        "\"file:/etc/mooring/replication\"}",
        "\"file:/etc/mooring/replication\","
            + " synchronous: {method: any, number: 1, instances: [west-0, east-1]}}");
  }

  /** The cluster of its file with one piece of the text changed; the piece must be there. */
  public static Cluster cluster(String piece, String changed) {
    if (!TEXT.contains(piece)) {
      throw new IllegalArgumentException("the cluster file has no '" + piece + "'");
    }
    return parsed(TEXT.replace(piece, changed));
  }

  private static Cluster parsed(String text) {
    return ClusterFileParser.parse(text)
        .match(
            cluster -> cluster,
            problems -> {
              throw new IllegalArgumentException(problems.toString());
            });
  }
}
