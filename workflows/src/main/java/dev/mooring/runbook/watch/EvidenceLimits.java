package dev.mooring.runbook.watch;

import dev.mooring.port.WatchActivities.EvidenceAges;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ConsumePolicy;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.Site;
import dev.mooring.topology.Site.ConsumeTrigger;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.List;

/**
 * How old evidence may be before it is a diagnosis, by the intervals of the cluster file. A watch
 * does not know whether a run is under way, so the time that one may take is added: status, which
 * knows it, adds none.
 */
final class EvidenceLimits {
  /** A consume may work on one point, and the next on a newer one. */
  private static final int CONSUMES = 2;

  private EvidenceLimits() {}

  /** Of LATEST. */
  static Duration point(Cluster cluster) {
    PublishPolicy publish = cluster.policies().publish();
    return publish.every().multipliedBy(PublishPolicy.LATE).plus(publish.archive().atMost());
  }

  /** Of the point at which a site that consumes was last proved, while a newer one is READY. */
  static Duration proof(Cluster cluster, Site site) {
    Duration publish = cluster.policies().publish().every();
    ConsumePolicy consume = cluster.policies().consume();
    Duration own =
        site.consume() == ConsumeTrigger.ON_PUBLISH ? publish : consume.every().orElse(publish);
    return (publish.compareTo(own) < 0 ? own : publish)
        .multipliedBy(PublishPolicy.LATE)
        .plus(consume.atMost().multipliedBy(CONSUMES));
  }

  /** For the worker of that site: each site that may publish judges LATEST, any other its proof. */
  static List<EvidenceAges> at(Cluster cluster, SiteName site) {
    boolean publishes = cluster.publishingSites().contains(site);
    return List.of(
        new EvidenceAges(
            cluster.policies().evidence().at(site),
            publishes ? point(cluster) : Duration.ZERO,
            publishes ? Duration.ZERO : proof(cluster, cluster.site(site).orElseThrow())));
  }
}
