package dev.mooring.port;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import io.temporal.activity.ActivityInterface;

/** The cluster file, on the worker that serves the queue {@code mooring}. */
@ActivityInterface
public interface ClusterActivities {

  /**
   * Reads, validates and resolves the file of a cluster; every problem of a bad one is in the
   * failure.
   */
  Cluster readCluster(ReadCluster request);

  record ReadCluster(ClusterName cluster) {}
}
