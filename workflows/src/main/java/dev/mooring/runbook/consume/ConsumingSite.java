package dev.mooring.runbook.consume;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Follows;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.util.Optional;

/** The site that a request names, if restore points can be consumed there. */
final class ConsumingSite {
  private ConsumingSite() {}

  /**
   * Returns that site.
   *
   * @throws RunbookStop REFUSED if it does not exist, publishes, or streams
   */
  static Site of(Cluster cluster, SiteName name) {
    Optional<Site> site = cluster.site(name);
    if (site.isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          String.format(
              "cluster %s has no site '%s'; its sites are %s",
              cluster.name(), name, cluster.sites().stream().map(Site::name).toList()));
    }
    if (cluster.policies().publish().site().equals(name)) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "site " + name + " publishes this cluster's restore points; it can't consume them");
    }
    if (site.get().follows() == Follows.STREAMING) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "site "
              + name
              + " streams: its instances follow the primary at once, and are parked at no restore"
              + " point");
    }
    return site.get();
  }
}
