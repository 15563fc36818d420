package dev.mooring.dev.contract;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.patroni.RestPatroniActivities;
import dev.mooring.activities.role.HostRehearsalActivities;
import dev.mooring.contract.Limit;
import dev.mooring.contract.PatroniWorld;
import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabPatroni;
import dev.mooring.dev.lab.LabPlan;
import dev.mooring.dev.lab.Signal;
import dev.mooring.port.ClusterActivities.ReadCluster;
import dev.mooring.port.PatroniActivities;
import dev.mooring.port.RehearsalActivities;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.PatroniPolicy;
import dev.mooring.topology.PatroniPolicy.Login;
import dev.mooring.topology.SecretReference;
import java.util.List;
import java.util.Optional;

/** Real Patroni over real servers, with etcd, behind the real adapter. */
final class PatroniRealWorld implements PatroniWorld, AutoCloseable {
  private final Lab lab;
  private final PatroniPolicy policy;
  private final Cluster cluster;
  private final Hosts hosts = new Hosts(Limit.seconds(20));
  private final PatroniActivities patroni =
      new RestPatroniActivities(
          name -> name.equals("WRONG") ? Optional.of("wrong") : Optional.empty());

  PatroniRealWorld(String name) {
    lab =
        Lab.up(
            LabPlan.streaming(2)
                .named(name)
                .behind(LabPlan.Front.HAPROXY)
                .byPatroni()
                .withWalFileMegabytes(1));
    cluster =
        new ClusterFiles(lab.configDirectory()).readCluster(new ReadCluster(new ClusterName(name)));
    policy = cluster.patroni().orElseThrow();
  }

  Cluster cluster() {
    return cluster;
  }

  RehearsalActivities rehearsals() {
    return new HostRehearsalActivities(hosts, HostDeadlines.USUAL);
  }

  Lab lab() {
    return lab;
  }

  LabPatroni runs() {
    return lab.patroni().orElseThrow();
  }

  @Override
  public PatroniPolicy policy() {
    return policy;
  }

  @Override
  public PatroniActivities patroni() {
    return patroni;
  }

  @Override
  public PatroniPolicy withWrongPassword() {
    return new PatroniPolicy(
        policy.scope(),
        policy.members(),
        List.of(new Login(policy.logins().get(0).user(), new SecretReference("env:WRONG"))),
        policy.rootCertificates());
  }

  @Override
  public void stop(String instance) {
    lab.stop(lab.instance(instance));
  }

  @Override
  public void start(String instance) {
    lab.start(lab.instance(instance));
  }

  @Override
  public void pauses(boolean paused) {
    runs().configure("{\"pause\": " + (paused ? "true" : "null") + "}");
  }

  @Override
  public void storeAway(boolean away) {
    if (away) {
      runs().signalStore(Signal.KILL);
    } else {
      runs().startStore();
    }
  }

  @Override
  public void close() {
    hosts.close();
    lab.close();
  }
}
