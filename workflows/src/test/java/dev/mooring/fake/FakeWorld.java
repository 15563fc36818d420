package dev.mooring.fake;

import dev.mooring.contract.ContractWorld;
import dev.mooring.contract.Hands;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.ManifestActivities;
import dev.mooring.port.ReceiptActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.EvidencePolicy;

/** A {@link FakeCluster} as the contracts of the ports see it. */
public final class FakeWorld implements ContractWorld {
  private FakeCluster cluster = new FakeCluster(Harbour.cluster(2));
  private FakeHands hands = new FakeHands(cluster);

  @Override
  public Cluster cluster() {
    return cluster.cluster();
  }

  @Override
  public InstanceActivities instances(long attempt) {
    cluster.attemptsBy(() -> Math.toIntExact(attempt));
    return cluster.instances();
  }

  @Override
  public DatabaseActivities databases() {
    return cluster.databases();
  }

  @Override
  public ArchiveActivities archives() {
    return cluster.archives();
  }

  @Override
  public ManifestActivities manifests() {
    return cluster.manifests();
  }

  @Override
  public ReceiptActivities receipts() {
    return cluster.receipts();
  }

  @Override
  public EvidenceActivities evidenceSeen() {
    return cluster.evidence();
  }

  @Override
  public ClusterActivities clusterFiles() {
    return cluster.files();
  }

  @Override
  public EvidencePolicy evidence() {
    return cluster.cluster().policies().evidence();
  }

  @Override
  public void emptyStore() {
    cluster.store().files().clear();
  }

  @Override
  public void renew() {
    cluster = new FakeCluster(Harbour.cluster(2));
    hands = new FakeHands(cluster);
  }

  @Override
  public Hands hands() {
    return hands;
  }
}
