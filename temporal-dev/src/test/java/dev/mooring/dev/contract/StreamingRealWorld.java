package dev.mooring.dev.contract;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.jdbc.JdbcReplicationActivities;
import dev.mooring.activities.role.HostPrimaryActivities;
import dev.mooring.activities.role.HostRoleActivities;
import dev.mooring.contract.StreamingWorld;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.port.EndpointActivities;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.RoleActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A lab whose standbys stream as the contracts of the ports see it, through the adapters. Its
 * primary has its configuration where Debian has it.
 */
final class StreamingRealWorld implements StreamingWorld, AutoCloseable {
  private final Lab lab;
  private final Cluster cluster;
  private final JdbcReplicationActivities replication;
  private final StreamingRealHands hands;

  /** Long enough for a busy machine to let somebody in. */
  private final Hosts hosts = new Hosts(Duration.ofSeconds(20));

  StreamingRealWorld(String name) {
    lab =
        Lab.up(
            LabPlan.streaming(2).named(name).withWalFileMegabytes(1).configuredOutside("east-0"));
    lab.snapshot();
    cluster = new ClusterFiles(lab.configDirectory()).read(new ClusterName(lab.name()));
    replication =
        new JdbcReplicationActivities(
            variable -> Optional.ofNullable(lab.environment().get(variable)),
            Path.of("/nonexistent"),
            () -> Duration.ZERO);
    hands = new StreamingRealHands(lab);
  }

  Lab lab() {
    return lab;
  }

  @Override
  public Cluster cluster() {
    return cluster;
  }

  @Override
  public RoleActivities roles(long attempt) {
    hands.touch();
    return new HostRoleActivities(
        hosts,
        HostDeadlines.USUAL,
        numbered(attempt),
        new Secrets(variable -> Optional.ofNullable(lab.environment().get(variable))));
  }

  private static Attempt numbered(long attempt) {
    return new Attempt() {
      @Override
      public long number() {
        return attempt;
      }

      @Override
      public void report(Object details) {}
    };
  }

  @Override
  public PrimaryActivities primaries(long attempt) {
    hands.touch();
    return new HostPrimaryActivities(hosts, HostDeadlines.USUAL, numbered(attempt));
  }

  @Override
  public ReplicationActivities replication() {
    return replication;
  }

  @Override
  public EndpointActivities endpoints() {
    throw new IllegalStateException("no adapter of EndpointActivities is bound here");
  }

  /** A lab that nobody touched is not made anew: that takes seconds. */
  @Override
  public void renew() {
    if (hands.haveTouched()) {
      hands.letGo();
      lab.restore();
    }
  }

  @Override
  public StreamingRealHands hands() {
    return hands;
  }

  @Override
  public void close() {
    replication.close();
    hosts.close();
    lab.close();
  }
}
