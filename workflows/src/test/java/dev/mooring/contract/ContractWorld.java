package dev.mooring.contract;

import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.EvidencePolicy;

/**
 * A fleet of two contents behind the ports, in memory or of real servers: {@code east} publishes,
 * {@code west} is consumed, one host at each site with both instances.
 */
public interface ContractWorld {

  /** The fleet as its file describes it. */
  Cluster cluster();

  /** The port as the attempt of an activity with that number calls it. */
  InstanceActivities instances(long attempt);

  DatabaseActivities databases();

  ArchiveActivities archives();

  ManifestActivities manifests();

  ReceiptActivities receipts();

  /** The same evidence for those who only look. */
  EvidenceActivities evidenceSeen();

  ClusterActivities clusterFiles();

  /** Where the evidence is, and what signs it. */
  EvidencePolicy evidence();

  /** From here on the evidence store is one with nothing in it. */
  void emptyStore();

  /** Servers, hosts and archive are as they were in the beginning. */
  void renew();

  /** What people and faults do behind the ports. */
  Hands hands();
}
