package dev.mooring.runbook.replication;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy.Synchronous;
import java.util.List;
import java.util.Locale;

/** The value of synchronous_standby_names that the cluster file asks for. */
final class SynchronousNames {
  private SynchronousNames() {}

  /** Empty where nobody is waited for; a primary never waits for itself. */
  static String of(Cluster cluster, Instance primary) {
    Synchronous wanted = cluster.streaming().orElseThrow().replication().synchronous();
    if (wanted.method() == Synchronous.Method.NONE) {
      return "";
    }
    List<String> names =
        wanted.instances().stream()
            .filter(id -> !id.equals(primary.id()))
            .map(id -> name(cluster, id))
            .toList();
    return String.format("%s %d (%s)", wanted.method(), wanted.number(), String.join(", ", names));
  }

  private static String name(Cluster cluster, InstanceId id) {
    return cluster.members().stream()
        .filter(i -> i.id().equals(id))
        .findFirst()
        .orElseThrow()
        .replicationName();
  }

  static String commit(Cluster cluster) {
    return cluster.streaming().orElseThrow().replication().commit().name().toLowerCase(Locale.ROOT);
  }
}
