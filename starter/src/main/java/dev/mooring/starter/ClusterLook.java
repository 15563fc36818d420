package dev.mooring.starter;

import dev.mooring.activities.evidence.EvidenceReader;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.starter.look.EvidenceFacts;
import dev.mooring.starter.look.EvidenceLook;
import dev.mooring.starter.look.InstanceFacts;
import dev.mooring.starter.look.InstancesLook;
import dev.mooring.starter.look.Looking;
import dev.mooring.starter.look.Sight;
import dev.mooring.starter.status.StatusFacts;
import dev.mooring.starter.temporal.ServiceFacts;
import dev.mooring.starter.temporal.ServiceLook;
import dev.mooring.topology.Cluster;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks at a cluster from this machine: no worker is asked. */
final class ClusterLook {
  private static final Duration STATUS = Duration.ofSeconds(3);

  /** One look at the last receipts finds the last run of each runbook and site. */
  private static final int RECEIPTS_FOR_THE_LAST_RUNS = 10;

  private final MooringCommand mooring;
  private final Cluster cluster;

  ClusterLook(MooringCommand mooring, Cluster cluster) {
    this.mooring = mooring;
    this.cluster = cluster;
  }

  /** All that status wants to know; what has not answered within three seconds is called unseen. */
  StatusFacts status(int receipts) {
    try (Hosts hosts = new Hosts(STATUS);
        JdbcDatabaseActivities databases = databases();
        Looking looking = new Looking(STATUS)) {
      Supplier<Sight<ServiceFacts>> service =
          looking.at("Temporal", () -> ServiceLook.at(mooring.temporal().within(STATUS), cluster));
      Supplier<List<InstanceFacts>> instances =
          new InstancesLook(cluster, looking, hosts, databases, STATUS).begin();
      Supplier<Sight<EvidenceFacts>> evidence =
          looking.at(
              "the evidence store",
              () -> evidence(hosts, Math.max(receipts, RECEIPTS_FOR_THE_LAST_RUNS)));
      return new StatusFacts(
          cluster, Instant.now(), evidence.get(), instances.get(), service.get());
    }
  }

  /** Every instance from its host and its server alone: no Temporal, no evidence store. */
  List<InstanceFacts> instances(Duration within) {
    try (Hosts hosts = new Hosts(within);
        JdbcDatabaseActivities databases = databases();
        Looking looking = new Looking(within)) {
      return new InstancesLook(cluster, looking, hosts, databases, within).begin().get();
    }
  }

  private EvidenceFacts evidence(Hosts hosts, int receipts) {
    try (EvidenceReader reader = Evidence.reader(cluster, hosts)) {
      return EvidenceLook.at(reader, ConsumingSite.of(cluster), receipts);
    }
  }

  private JdbcDatabaseActivities databases() {
    return new JdbcDatabaseActivities(
        name -> Optional.ofNullable(mooring.environment().get(name)),
        Path.of(mooring.environment().getOrDefault("HOME", "/")));
  }
}
