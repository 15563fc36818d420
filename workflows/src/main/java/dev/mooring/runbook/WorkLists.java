package dev.mooring.runbook;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.HostWork;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import java.util.ArrayList;
import java.util.List;

/** Groups instances the way ports take them: by host, or as servers with their addresses. */
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

  /** Each instance with its host's address. */
  public static List<Server> servers(Cluster cluster, List<Instance> instances) {
    return instances.stream()
        .map(i -> new Server(i, cluster.host(i.host()).access().address()))
        .toList();
  }
}
