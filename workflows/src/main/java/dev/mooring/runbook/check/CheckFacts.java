package dev.mooring.runbook.check;

import dev.mooring.port.ClusterActivities.ClusterFileObserved;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.DatabaseActivities.RightsObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
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
 * All that a check looks at.
 *
 * @param cluster as the shared queue's worker reads it
 * @param sites the publishing one first
 * @param patroni what Patroni says, and what its hosts show, where it runs the members
 * @param witnesses who would look at a primary that is gone, where standbys stream
 */
record CheckFacts(
    Cluster cluster,
    List<AtSite> sites,
    Optional<PatroniStanding> patroni,
    Optional<WitnessMachines> witnesses) {
  CheckFacts {
    sites = List.copyOf(sites);
  }

  /**
   * What the worker of one site sees.
   *
   * @param file the cluster file there
   * @param evidence the store, read
   * @param stores the stores, each written by itself
   * @param catalogue what a Greenplum's coordinator says, at the site that publishes it
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
   * One evidence store, written.
   *
   * @param place how messages call it
   */
  record OneStore(String place, Observed<StoreProved> proved) {}

  /**
   * What one host and its servers show.
   *
   * @param archiving what instances there archive with, where a Greenplum is published
   * @param sql what its servers answer over SQL
   * @param rehearsals when its fences were rehearsed; empty of a Greenplum's host
   */
  record OnHost(
      HostWork work,
      Observed<HostObserved> host,
      Observed<FitnessObserved> fitness,
      Optional<Observed<ArchivingObserved>> archiving,
      OverSql sql,
      Optional<Observed<RehearsalsObserved>> rehearsals) {}

  /**
   * What the servers of one host answer over SQL.
   *
   * @param replication the settings of its members; empty if no member runs there
   */
  record OverSql(
      Observed<ServersObserved> servers,
      Observed<RightsObserved> rights,
      Optional<Observed<ReplicationObserved>> replication) {}
}
