package dev.mooring.runbook.check;

import dev.mooring.port.AccessActivities.AdmissionObserved;
import dev.mooring.port.ClusterActivities.ClusterFileObserved;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.DatabaseActivities.RightsObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.StoreProved;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.ArchivingObserved;
import dev.mooring.port.InstanceActivities.FitnessObserved;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.failover.WitnessMachines;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a check observes.
 *
 * @param cluster as the shared queue's worker reads it
 * @param sites the publishing one first
 * @param patroni Patroni's answer and its members' hosts, if Patroni manages the members
 * @param witnesses the witnesses for a primary that is gone, if standbys stream
 * @param archived what the primary archived last, if standbys stream
 * @param endpoints where the endpoints point; nothing without any
 */
record CheckFacts(
    Cluster cluster,
    List<AtSite> sites,
    Optional<PatroniStanding> patroni,
    Optional<WitnessMachines> witnesses,
    Optional<LastArchived> archived,
    EndpointsObserved endpoints) {
  CheckFacts {
    sites = List.copyOf(sites);
  }

  /**
   * The observations of one site's worker.
   *
   * @param file the cluster file there
   * @param evidence the store, read
   * @param stores the stores, each written separately
   * @param catalogue the answer of a Greenplum's coordinator, at the publishing site
   */
  record AtSite(
      SiteName site,
      Observed<ClusterFileObserved> file,
      Observed<EvidenceObserved> evidence,
      List<OneStore> stores,
      Optional<Observed<CatalogueObserved>> catalogue,
      List<OnHost> hosts) {
    AtSite {
      stores = List.copyOf(stores);
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * One evidence store after a write.
   *
   * @param place its name in messages
   */
  record OneStore(String place, Observed<StoreProved> proved) {}

  /**
   * One host and its servers.
   *
   * @param archiving the archive settings there, at a Greenplum's publishing site
   * @param sql the answers of its servers over SQL
   * @param rehearsals its last rehearsals; empty for a Greenplum's host
   * @param admission how other members answer its standbys; empty if none of them is there
   */
  record OnHost(
      HostWork work,
      Observed<HostObserved> host,
      Observed<FitnessObserved> fitness,
      Optional<Observed<ArchivingObserved>> archiving,
      OverSql sql,
      Optional<Observed<RehearsalsObserved>> rehearsals,
      Optional<Observed<AdmissionObserved>> admission) {}

  /**
   * The answers of one host's servers over SQL.
   *
   * @param replication the settings of its members; empty if no member runs there
   */
  record OverSql(
      Observed<ServersObserved> servers,
      Observed<RightsObserved> rights,
      Optional<Observed<ReplicationObserved>> replication) {}
}
