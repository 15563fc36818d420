package dev.mooring.fake;

import dev.mooring.port.ClusterActivities;
import dev.mooring.port.ClusterEntries;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The cluster file at every site; another cluster's name has none. */
final class FakeFiles implements ClusterActivities {
  private volatile Cluster cluster;
  private final Map<SiteName, Optional<String>> others = new ConcurrentHashMap<>();
  private final List<ClusterEntries> versions = new CopyOnWriteArrayList<>();

  private final OwnFiles compared = new OwnFiles(this);

  FakeFiles(Cluster cluster) {
    this.cluster = cluster;
    versions.add(ClusterEntries.of(cluster));
  }

  /** Every site has this file from now on. */
  void become(Cluster changed) {
    versions.add(0, ClusterEntries.of(changed));
    cluster = changed;
  }

  /** What compares requests with it. */
  OwnFiles compared() {
    return compared;
  }

  /** The entries of each version that was there, the newest first. */
  List<ClusterEntries> versions() {
    return List.copyOf(versions);
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
