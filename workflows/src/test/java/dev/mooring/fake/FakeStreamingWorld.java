package dev.mooring.fake;

import dev.mooring.contract.StreamingHands;
import dev.mooring.contract.StreamingWorld;
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
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.FenceCommand.From;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import java.time.Duration;

/** A {@link FakeCluster} that streams, as the contracts of the ports see it. */
public final class FakeStreamingWorld implements StreamingWorld {
  private static final int LOOKS_OF_A_WATCH = 20;

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
  public FailoverActivities failovers(long attempt) {
    cluster.attemptsBy(() -> Math.toIntExact(attempt));
    return new FakeFailovers(cluster);
  }

  @Override
  public AccessActivities access(long attempt) {
    cluster.attemptsBy(() -> Math.toIntExact(attempt));
    return new FakeAccess(cluster);
  }

  @Override
  public AccountActivities accounts() {
    return new FakeAccounts(cluster);
  }

  @Override
  public RehearsalActivities rehearsals() {
    return new FakeRehearsals(cluster);
  }

  @Override
  public WitnessActivities witnesses() {
    return new FakeWitnesses(cluster);
  }

  @Override
  public ConnectionActivities attempts() {
    FakeWitnesses witnesses = new FakeWitnesses(cluster);
    witnesses.watchesEndAfter(LOOKS_OF_A_WATCH);
    return witnesses;
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
  public void commitsWaitForNobody(String primary, String role) {
    String database = cluster.cluster().policies().database().database();
    Strait.unwaited(cluster.members(), "role " + role + " in database " + database + ": off");
  }

  @Override
  public void admitsNoStandbys(String instance) {
    String refusal = "FATAL: no pg_hba.conf entry for replication connection";
    cluster.members().admitsNone(instance, refusal, "");
  }

  @Override
  public HostWork ignoringFences(String instance) {
    host(instance).ignoresFences = true;
    return WorkLists.on(
        cluster.cluster(), cluster.members().member(new InstanceId(instance)).instance());
  }

  @Override
  public void asksBeforePromotion(String instance) {
    host(instance).asksBeforePromotion = true;
  }

  @Override
  public void tearRehearsal(String instance) {
    host(instance).unreadableRehearsals = true;
  }

  private FakeHost host(String instance) {
    return cluster.host(cluster.members().member(new InstanceId(instance)).instance().host());
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
  public FenceCommand powerSwitch(String instance, PowerSwitch behaves, From from) {
    HostName host = cluster.members().member(new InstanceId(instance)).instance().host();
    Strait.powerSwitch(cluster, host.value(), behaves);
    return new FenceCommand(host, from, "power off", "power status", Duration.ofSeconds(5));
  }
}
