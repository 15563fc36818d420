package dev.mooring.port;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;

/**
 * The cluster file: read on the worker that serves the queue {@code mooring}, checked on the
 * workers of all sites.
 */
@ActivityInterface
public interface ClusterActivities {

  /**
   * Reads, validates and resolves the file of a cluster; every problem of a bad one is in the
   * failure.
   */
  Cluster readCluster(ReadCluster request);

  /** Says which file this site's worker goes by; a bad one is a failure as of {@code read}. */
  ClusterFileObserved observeClusterFile(ObserveClusterFile request);

  record ReadCluster(ClusterName cluster) {}

  /**
   * What is asked of a site's worker.
   *
   * @param site whose worker is asked
   */
  record ObserveClusterFile(ClusterName cluster, SiteName site) {}

  /**
   * The file a site goes by.
   *
   * @param digest of what it resolves to: spelling and comments do not count
   */
  record ClusterFileObserved(SiteName site, String digest) {}
}
