package dev.mooring.fake;

import dev.mooring.clusterfile.ClusterDigest;
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
public final class FakeFiles implements ClusterActivities {
  private volatile Cluster cluster;
  private final Map<SiteName, Optional<ClusterFileObserved>> others = new ConcurrentHashMap<>();
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

  /** A site says that of its file from now on, or has none. */
  void at(SiteName site, Optional<ClusterFileObserved> file) {
    others.put(site, file);
  }

  /** What a site with that file says. */
  public static ClusterFileObserved observed(SiteName site, Cluster file) {
    return new ClusterFileObserved(
        site,
        file.digest(),
        ClusterDigest.sections(file).entrySet().stream()
            .map(one -> new FileSection(one.getKey(), one.getValue()))
            .toList());
  }

  @Override
  public Cluster readCluster(ReadCluster request) {
    requireFile(request.cluster());
    return cluster;
  }

  @Override
  public ClusterFileObserved observeClusterFile(ObserveClusterFile request) {
    requireFile(request.cluster());
    return others
        .getOrDefault(request.site(), Optional.of(observed(request.site(), cluster)))
        .orElseThrow(() -> missing(request.cluster()));
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
