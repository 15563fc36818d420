package dev.mooring.starter.look;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.instance.HostInstanceActivities;
import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.ObserveServers;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.InstanceObserved;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Looks at every instance of a cluster, on its host and over SQL, all at once. */
public final class InstancesLook {
  private final Cluster cluster;
  private final Looking looking;
  private final HostInstanceActivities instances;
  private final JdbcDatabaseActivities databases;
  private final Call call;

  /**
   * @param deadline how long one host may take
   */
  public InstancesLook(
      Cluster cluster,
      Looking looking,
      Hosts hosts,
      JdbcDatabaseActivities databases,
      Duration deadline) {
    this.cluster = cluster;
    this.looking = looking;
    this.instances =
        new HostInstanceActivities(hosts, new HostDeadlines(deadline, deadline), new OnlyLooking());
    this.databases = databases;
    this.call = new Call(cluster.name(), "mooring", "LOOK", 0, Epoch.NONE);
  }

  /** Begins to look; the answer waits to the deadline. */
  public Supplier<List<InstanceFacts>> begin() {
    Map<HostName, Supplier<Sight<HostObserved>>> hosts = new TreeMap<>();
    for (Host host : cluster.hosts()) {
      List<Instance> on =
          cluster.instances().stream().filter(i -> i.host().equals(host.name())).toList();
      if (!on.isEmpty()) {
        hosts.put(
            host.name(),
            looking.at(
                "host " + host.name(),
                () ->
                    instances.observeInstances(
                        new ObserveInstances(call, new HostWork(host, on)))));
      }
    }
    List<Supplier<InstanceFacts>> facts = new ArrayList<>();
    for (Instance instance : cluster.instances()) {
      Supplier<Sight<ServersObserved>> server =
          looking.at(instance.id() + " over SQL", () -> databases.observeServers(of(instance)));
      Supplier<Sight<HostObserved>> host = hosts.getOrDefault(instance.host(), () -> unlisted());
      facts.add(() -> facts(instance, host.get(), server.get()));
    }
    return () -> facts.stream().map(Supplier::get).toList();
  }

  private ObserveServers of(Instance instance) {
    String address = cluster.host(instance.host()).access().address();
    return new ObserveServers(
        call, cluster.policies().database(), List.of(new Server(instance, address)));
  }

  private static <T> Sight<T> unlisted() {
    return new Sight.Unseen<>("the host is not in the cluster file", "", false);
  }

  private static InstanceFacts facts(
      Instance instance, Sight<HostObserved> host, Sight<ServersObserved> server) {
    return new InstanceFacts(
        instance,
        host.match(seen -> onHost(instance, seen), InstancesLook::unseen),
        server.match(seen -> overSql(instance, seen), InstancesLook::unseen),
        host.match(HostObserved::highestEpoch, unseen -> Epoch.NONE));
  }

  private static Sight<InstanceObserved> onHost(Instance instance, HostObserved host) {
    return host.observed().stream()
        .filter(o -> o.instance().equals(instance.id()))
        .findFirst()
        .<Sight<InstanceObserved>>map(Sight.Seen::new)
        .orElseGet(() -> failed(instance, host.failures()));
  }

  private static Sight<ServerObserved> overSql(Instance instance, ServersObserved servers) {
    return servers.observed().stream()
        .filter(o -> o.instance().equals(instance.id()))
        .findFirst()
        .<Sight<ServerObserved>>map(Sight.Seen::new)
        .orElseGet(() -> failed(instance, servers.failures()));
  }

  private static <T> Sight<T> failed(Instance instance, List<InstanceFailure> failures) {
    return failures.stream()
        .filter(f -> f.instance().equals(instance.id()))
        .findFirst()
        .map(f -> new Sight.Unseen<T>(f.message(), f.code().hint(), Looking.isOnItsSide(f.code())))
        .orElseGet(() -> new Sight.Unseen<>(instance.id() + " gave no answer", "", true));
  }

  private static <A, B> Sight<B> unseen(Sight.Unseen<A> unseen) {
    return new Sight.Unseen<>(unseen.why(), unseen.remedy(), unseen.expected());
  }

  /** Nothing is claimed on a host by somebody who only looks. */
  private static final class OnlyLooking implements Attempt {
    @Override
    public long number() {
      return 0;
    }

    @Override
    public void report(Object details) {
      // nobody listens: there is no activity to report for
    }
  }
}
