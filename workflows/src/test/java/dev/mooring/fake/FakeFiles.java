package dev.mooring.fake;

import dev.mooring.port.ClusterActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The cluster file at every site; another cluster's name has none. */
final class FakeFiles implements ClusterActivities {
  private volatile Cluster cluster;
  private final Map<SiteName, Optional<String>> others = new ConcurrentHashMap<>();

  FakeFiles(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Every site has this file from now on. */
  void become(Cluster changed) {
    cluster = changed;
  }

  /** A site has a file of another digest from now on, or none. */
  void at(SiteName site, Optional<String> digest) {
    others.put(site, digest);
  }

  @Override
  public Cluster readCluster(ReadCluster request) {
    requireFile(request.cluster());
    return cluster;
  }

  @Override
  public ClusterFileObserved observeClusterFile(ObserveClusterFile request) {
    requireFile(request.cluster());
    String digest =
        others
            .getOrDefault(request.site(), Optional.of(cluster.digest()))
            .orElseThrow(() -> missing(request.cluster()));
    return new ClusterFileObserved(request.site(), digest);
  }

  private void requireFile(ClusterName name) {
    if (!name.equals(cluster.name())) {
      throw missing(name);
    }
  }

  private static RuntimeException missing(ClusterName name) {
    return FakeHost.failure(FailureCode.CLUSTER_FILE, "there is no " + name + ".yaml");
  }
}
