package dev.mooring.runbook;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.HostWork;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;

/** Groups instances as ports take them: by host, or as servers with their addresses. */
public final class WorkLists {
  private WorkLists() {}

  /** One entry per host that runs any of the instances, in the cluster file's order. */
  public static List<HostWork> byHost(Cluster cluster, List<Instance> instances) {
    List<HostWork> work = new ArrayList<>();
    for (Host host : cluster.hosts()) {
      List<Instance> here = instances.stream().filter(i -> i.host().equals(host.name())).toList();
      if (!here.isEmpty()) {
        work.add(new HostWork(host, here));
      }
    }
    return work;
  }

  /** One instance on its host. */
  public static HostWork on(Cluster cluster, Instance instance) {
    return new HostWork(cluster.host(instance.host()), List.of(instance));
  }

  /** Each instance with its host's address. */
  public static List<Server> servers(Cluster cluster, List<Instance> instances) {
    return instances.stream().map(i -> server(cluster, i)).toList();
  }

  /** One instance with its host's address. */
  public static Server server(Cluster cluster, Instance instance) {
    return new Server(instance, cluster.host(instance.host()).access().address());
  }
}
