package dev.mooring.port;

import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;

/**
 * The cluster file: read by the worker of the queue {@code mooring}, checked by the workers of all
 * sites.
 */
@ActivityInterface
public interface ClusterActivities {

  /**
   * Reads, validates and resolves the file of a cluster; the failure lists every error of a bad
   * file.
   */
  Cluster readCluster(ReadCluster request);

  /** Reads which file this site's worker uses; a bad file is a failure as in {@code read}. */
  ClusterFileObserved observeClusterFile(ObserveClusterFile request);

  record ReadCluster(ClusterName cluster) {}

  /**
   * The request to a site's worker.
   *
   * @param site whose worker reads
   */
  record ObserveClusterFile(ClusterName cluster, SiteName site) {}

  /**
   * The file that a site uses.
   *
   * @param digest of the resolved file: spelling and comments do not count
   */
  record ClusterFileObserved(SiteName site, String digest) {}
}
