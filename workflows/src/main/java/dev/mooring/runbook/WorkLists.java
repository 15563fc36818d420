package dev.mooring.runbook;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.HostWork;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Host;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.List;

/** Groups instances as ports take them: by host, or as servers with their addresses. */
public final class WorkLists {
  private static final int HEADS = 3;

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

  /**
   * The hosts that record the receipts of runs of a site: the first three with instances of it, and
   * of no site that keeps another chain of receipts.
   */
  public static List<Host> heads(Cluster cluster, SiteName site) {
    return byHost(cluster, cluster.instances()).stream()
        .filter(on -> on.instances().stream().anyMatch(i -> i.site().equals(site)))
        .filter(on -> on.instances().stream().allMatch(i -> isOneChain(cluster, site, i.site())))
        .map(HostWork::host)
        .limit(HEADS)
        .toList();
  }

  /** The hosts that record the chain of receipts which that site reads. */
  public static List<Host> headsOfChain(Cluster cluster, SiteName site) {
    return cluster.sites().stream()
        .map(Site::name)
        .filter(other -> isOneChain(cluster, site, other))
        .flatMap(other -> heads(cluster, other).stream())
        .distinct()
        .toList();
  }

  /** A site that reads manifests elsewhere keeps receipts of its own. */
  private static boolean isOneChain(Cluster cluster, SiteName site, SiteName other) {
    return site.equals(other)
        || cluster.policies().evidence().readers().stream()
            .noneMatch(reader -> reader.site().equals(site) || reader.site().equals(other));
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
