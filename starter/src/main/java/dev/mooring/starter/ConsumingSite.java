package dev.mooring.starter;

import dev.mooring.runbook.Commands;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.List;

/** Which site is to be moored. */
final class ConsumingSite {
  private ConsumingSite() {}

  /** The given site, or the only site that can consume. */
  static SiteName choose(ClusterFiles files, ClusterName cluster, String named) {
    if (!named.isEmpty() && !files.has(cluster)) {
      // the worker has the file: the run is the one to judge
      return name(named);
    }
    List<SiteName> sites = of(files.read(cluster));
    if (sites.isEmpty()) {
      throw CommandFailure.usage(
          "no site of cluster " + cluster + " consumes restore points: each publishes or streams",
          Commands.status(cluster) + " shows the state of its instances");
    }
    if (!named.isEmpty()) {
      SiteName site = name(named);
      if (!sites.contains(site)) {
        throw CommandFailure.usage(
            "cluster " + cluster + " has no site " + site + " that can consume",
            "its sites that can are " + sites);
      }
      return site;
    }
    if (sites.size() != 1) {
      throw CommandFailure.usage(
          "cluster " + cluster + " has " + sites.size() + " sites that can consume, " + sites,
          "name one with --site");
    }
    return sites.get(0);
  }

  private static SiteName name(String named) {
    try {
      return new SiteName(named);
    } catch (IllegalArgumentException bad) {
      throw CommandFailure.usage(
          String.valueOf(bad.getMessage()), "the cluster file names its sites");
    }
  }

  /** The sites that neither publish nor stream. */
  static List<SiteName> of(Cluster cluster) {
    return cluster.consumers();
  }
}
