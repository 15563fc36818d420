package dev.mooring.fake;

import dev.mooring.contract.StreamingHands;
import dev.mooring.contract.StreamingWorld;
import dev.mooring.port.EndpointActivities;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.RoleActivities;
import dev.mooring.topology.Cluster;

/** A {@link FakeCluster} that streams, as the contracts of the ports see it. */
public final class FakeStreamingWorld implements StreamingWorld {
  private FakeCluster cluster = new FakeCluster(Strait.cluster());

  @Override
  public Cluster cluster() {
    return cluster.cluster();
  }

  @Override
  public RoleActivities roles(long attempt) {
    cluster.attemptsBy(() -> Math.toIntExact(attempt));
    return cluster.roles();
  }

  @Override
  public PrimaryActivities primaries(long attempt) {
    cluster.attemptsBy(() -> Math.toIntExact(attempt));
    return new FakePrimaries(cluster);
  }

  @Override
  public ReplicationActivities replication() {
    return cluster.replication();
  }

  @Override
  public EndpointActivities endpoints() {
    return cluster.endpoints();
  }

  @Override
  public void renew() {
    cluster = new FakeCluster(Strait.cluster());
  }

  @Override
  public StreamingHands hands() {
    return cluster.members();
  }
}
