package dev.mooring.contract;

import dev.mooring.port.EndpointActivities;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.RoleActivities;
import dev.mooring.topology.Cluster;

/**
 * A cluster that streams behind the ports, in memory or of real servers: {@code east-0} is the
 * primary, {@code west-0} and {@code east-1} stream from it, each on a host of its own.
 */
public interface StreamingWorld {

  /** The cluster as its file describes it. */
  Cluster cluster();

  /** The port as the attempt of an activity with that number calls it. */
  RoleActivities roles(long attempt);

  /** The same. */
  PrimaryActivities primaries(long attempt);

  ReplicationActivities replication();

  EndpointActivities endpoints();

  /** Servers, hosts and endpoints are as they were in the beginning. */
  void renew();

  /** What people and faults do. */
  StreamingHands hands();
}
