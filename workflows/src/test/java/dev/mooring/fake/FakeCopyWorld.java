package dev.mooring.fake;

import dev.mooring.contract.CopyWorld;
import dev.mooring.contract.StreamingHands;
import dev.mooring.port.CopyActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;

/** A {@link FakeCluster} that streams, as the contract of its data directories sees it. */
public final class FakeCopyWorld implements CopyWorld {
  private FakeCluster cluster = new FakeCluster(Strait.cluster());

  @Override
  public Cluster cluster() {
    return cluster.cluster();
  }

  @Override
  public CopyActivities copies(long attempt) {
    cluster.attemptsBy(() -> Math.toIntExact(attempt));
    return new FakeCopies(cluster);
  }

  @Override
  public void renew() {
    cluster = new FakeCluster(Strait.cluster());
  }

  @Override
  public StreamingHands hands() {
    return cluster.members();
  }

  @Override
  public void lose(String instance) {
    cluster.members().kill(instance);
    cluster.directories().lose(instance);
  }

  @Override
  public void leaveRewind(String instance) {
    cluster.directories().leaveRewind(instance);
  }

  @Override
  public void putAnothers(String instance) {
    cluster.members().putAnothers(instance);
  }

  @Override
  public String setting(String instance, String name) {
    return cluster.members().member(new InstanceId(instance)).settings.getOrDefault(name, "off");
  }

  @Override
  public void checkpoint(String instance) {}

  @Override
  public void follows(String instance, String upstream) {
    cluster.members().follows(cluster.cluster(), instance, upstream);
  }

  @Override
  public long written(String instance) {
    return cluster.members().records(instance);
  }

  @Override
  public void killCopy(String instance) {
    cluster.directories().killCopies(instance);
  }
}
