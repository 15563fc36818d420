package dev.mooring.dev.contract;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.endpoint.HostEndpointActivities;
import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.contract.Limit;
import dev.mooring.contract.StreamingHands;
import dev.mooring.contract.StreamingWorld;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.port.AccessActivities;
import dev.mooring.port.AccountActivities;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.EndpointActivities;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.HostWork;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.RehearsalActivities;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.WitnessActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.FenceCommand.From;
import java.util.Optional;

/** A lab behind PgBouncer and HAProxy as the contract of endpoints sees it. */
final class FrontsWorld implements StreamingWorld, AutoCloseable {
  private final Lab lab;
  private final Cluster cluster;
  private final Hosts hosts = new Hosts(Limit.seconds(20));

  FrontsWorld(String name) {
    lab =
        Lab.up(
            LabPlan.streaming(2)
                .behind(LabPlan.Front.PGBOUNCER, LabPlan.Front.HAPROXY)
                .named(name));
    lab.snapshot();
    cluster = new ClusterFiles(lab.configDirectory()).read(new ClusterName(lab.name()));
  }

  Lab lab() {
    return lab;
  }

  Hosts hosts() {
    return hosts;
  }

  @Override
  public Cluster cluster() {
    return cluster;
  }

  @Override
  public EndpointActivities endpoints() {
    return new HostEndpointActivities(
        hosts,
        HostDeadlines.USUAL,
        new Attempt() {
          @Override
          public long number() {
            return 1;
          }

          @Override
          public void report(Object details) {}
        },
        variable -> Optional.ofNullable(lab.environment().get(variable)));
  }

  @Override
  public RoleActivities roles(long attempt) {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public PrimaryActivities primaries(long attempt) {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public FailoverActivities failovers(long attempt) {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public AccessActivities access(long attempt) {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public AccountActivities accounts() {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public RehearsalActivities rehearsals() {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public void commitsWaitForNobody(String primary, String role) {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public void admitsNoStandbys(String instance) {
    throw new IllegalStateException("nobody touches the servers here");
  }

  @Override
  public void asksBeforePromotion(String instance) {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public HostWork ignoringFences(String instance) {
    throw new IllegalStateException("nobody touches the servers here");
  }

  @Override
  public void tearRehearsal(String instance) {
    throw new IllegalStateException("nobody touches the servers here");
  }

  @Override
  public WitnessActivities witnesses() {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public ConnectionActivities attempts() {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public ReplicationActivities replication() {
    throw new IllegalStateException("endpoints are looked at alone here");
  }

  @Override
  public StreamingHands hands() {
    throw new IllegalStateException("nobody touches the servers here");
  }

  @Override
  public FenceCommand powerSwitch(String instance, PowerSwitch behaves, From from) {
    throw new IllegalStateException("nobody touches the servers here");
  }

  @Override
  public void renew() {
    lab.restore();
  }

  @Override
  public void close() {
    hosts.close();
    lab.close();
  }
}
