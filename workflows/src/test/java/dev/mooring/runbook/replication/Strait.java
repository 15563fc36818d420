package dev.mooring.runbook.replication;

import dev.mooring.fake.Harbour;
import dev.mooring.topology.Cluster;

/** A cluster of one primary and two standbys that stream, as its file describes it. */
final class Strait {
  private static final String TEXT =
      """
      cluster: strait
      kind: postgres
      evidence:
        store: {directory: /var/lib/mooring/evidence}
        signingKey: file:/etc/mooring/signing.pem
        trustedKeys: [/etc/mooring/signing.pub]
      ssh: {user: postgres, identityFile: /etc/mooring/id, knownHostsFile: /etc/mooring/known}
      database: {user: mooring, password: pgpass, sslMode: disable}
      sites:
        - {name: east, archive: {directory: "/archive"}}
        - {name: west, follows: streaming, archive: {directory: "/archive"}}
      hosts:
        - {name: e0, address: 127.31.10.1}
        - {name: e1, address: 127.31.10.2}
        - {name: w0, address: 127.31.20.1}
      instances:
        - {id: east-0, site: east, content: 0, host: e0, port: 6000, dataDirectory: /data/east-0, manager: {pg_ctl: /usr/lib/postgresql/15/bin}}
        - {id: east-1, site: east, content: 0, host: e1, port: 6000, dataDirectory: /data/east-1, manager: {pg_ctl: /usr/lib/postgresql/15/bin}}
        - {id: west-0, site: west, content: 0, host: w0, port: 6000, dataDirectory: /data/west-0, manager: {pg_ctl: /usr/lib/postgresql/15/bin}}
      publish: {site: east}
      replication: {user: streamer, password: "file:/etc/mooring/streamer", sslMode: disable}
      """;

  private Strait() {}

  static Cluster cluster() {
    return Harbour.parsed(TEXT);
  }
}
