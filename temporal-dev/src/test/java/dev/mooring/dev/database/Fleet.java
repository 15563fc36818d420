package dev.mooring.dev.database;

import dev.mooring.authority.Epoch;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.EnsureRestorePoint;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.DatabaseAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.InstanceManager;
import dev.mooring.topology.SecretReference;
import dev.mooring.topology.SiteName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A lab's instances as the port speaks of them, and what the tests ask of them as superuser. */
record Fleet(Lab lab) {
  static final DatabaseAccess ACCESS =
      new DatabaseAccess("mooring", "postgres", new SecretReference("pgpass"), "disable", "");

  Call call() {
    return new Call(new ClusterName(lab.name()), "run-1", "MAKE_POINT", 0, Epoch.NONE);
  }

  List<Server> primaries() {
    return lab.instancesAt("east").stream().map(this::server).toList();
  }

  /** The primaries, one of them reached through a tap. */
  List<Server> primariesThrough(Tap tap, LabInstance tapped) {
    List<Server> servers = new ArrayList<>();
    for (LabInstance instance : lab.instancesAt("east")) {
      servers.add(
          instance.equals(tapped) ? server(instance, tap.address(), tap.port()) : server(instance));
    }
    return servers;
  }

  Server server(LabInstance instance) {
    return server(instance, instance.host().address(), instance.port());
  }

  private static Server server(LabInstance instance, String address, int port) {
    return new Server(
        new Instance(
            new InstanceId(instance.id()),
            new SiteName(instance.site()),
            new ContentId(instance.content()),
            new HostName(instance.host().name()),
            port,
            instance.dataDirectory().toString(),
            new InstanceManager(InstanceManager.Kind.PG_CTL, "/usr/bin")),
        address);
  }

  EnsureRestorePoint point(List<Server> primaries, Barrier barrier) {
    return new EnsureRestorePoint(
        call(), ACCESS, primaries, barrier, Instant.parse("2026-11-20T10:11:12Z"));
  }

  static Barrier.Sql barrier(Duration timeout) {
    return new Barrier.Sql(
        new InstanceId("east-0"),
        "SELECT pg_advisory_lock(7707)",
        "SELECT pg_advisory_unlock(7707)",
        timeout);
  }

  String ask(LabInstance instance, String sql) throws SQLException {
    try (Connection connection = lab.connect(instance)) {
      return ask(connection, sql);
    }
  }

  /** Asks until the answer is that; how long stands in the test's own timeout. */
  void awaitAnswer(LabInstance instance, String sql, String wanted)
      throws SQLException, InterruptedException {
    while (!ask(instance, sql).equals(wanted)) {
      Thread.sleep(10);
    }
  }

  static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "";
    }
  }
}
