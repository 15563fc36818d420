package dev.mooring.starter;

import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.runbook.status.InstanceFacts;
import dev.mooring.starter.whois.InstancesLook;
import dev.mooring.starter.whois.Looking;
import dev.mooring.topology.Cluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Looks at a cluster from this machine: no worker is asked. */
final class ClusterLook {
  private final MooringCommand mooring;
  private final Cluster cluster;

  ClusterLook(MooringCommand mooring, Cluster cluster) {
    this.mooring = mooring;
    this.cluster = cluster;
  }

  /** Every instance from its host and its server alone: no Temporal, no evidence store. */
  List<InstanceFacts> instances(Duration within) {
    try (Hosts hosts = new Hosts(within);
        JdbcDatabaseActivities databases = databases();
        Looking looking = new Looking(within)) {
      return new InstancesLook(cluster, looking, hosts, databases, within).begin().get();
    }
  }

  private JdbcDatabaseActivities databases() {
    return new JdbcDatabaseActivities(
        name -> Optional.ofNullable(mooring.environment().get(name)),
        Path.of(mooring.environment().getOrDefault("HOME", "/")));
  }
}
