package dev.mooring.contract;

import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.InstanceActivities;
import dev.mooring.topology.Cluster;

/**
 * A fleet of two contents behind the ports, in memory or of real servers: {@code east} publishes,
 * {@code west} is consumed, one host at each site with both instances.
 */
public interface ContractWorld extends EvidenceWorld {

  /** The fleet as its file describes it. */
  Cluster cluster();

  /** The port as the attempt of an activity with that number calls it. */
  InstanceActivities instances(long attempt);

  DatabaseActivities databases();

  ArchiveActivities archives();

  ClusterActivities clusterFiles();

  /** Servers, hosts and archive are as they were in the beginning. */
  void renew();

  @Override
  Hands hands();
}
