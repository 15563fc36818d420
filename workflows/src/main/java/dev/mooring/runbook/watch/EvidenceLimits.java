package dev.mooring.runbook.watch;

import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.EvidenceAges;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ConsumePolicy;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.Site;
import dev.mooring.topology.Site.ConsumeTrigger;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How old evidence may be by the cluster file, as status judges it. The watch does not know whether
 * a consume is under way, so the time that one may take is added to the age of a proof.
 *
 * @param every the interval of the restore points
 * @param point how old LATEST may be; zero at a site that does not publish
 * @param proof how old the point of a proof may be; zero at a site for which the cluster file has
 *     no interval
 */
record EvidenceLimits(Duration every, Duration point, Duration proof) {

  static EvidenceLimits of(Cluster cluster, SiteName site) {
    PublishPolicy publish = cluster.policies().publish();
    return new EvidenceLimits(
        publish.every(),
        site.equals(publish.site())
            ? publish.every().multipliedBy(PublishPolicy.LATE)
            : Duration.ZERO,
        cluster.consumers().contains(site)
            ? proof(cluster.site(site).orElseThrow(), publish, cluster.policies().consume())
            : Duration.ZERO);
  }

  private static Duration proof(Site site, PublishPolicy publish, ConsumePolicy consume) {
    Optional<Duration> every =
        site.consume() == ConsumeTrigger.ON_PUBLISH
            ? Optional.of(publish.every())
            : consume.every();
    return every
        .map(interval -> interval.multipliedBy(PublishPolicy.LATE).plus(consume.atMost()))
        .orElse(Duration.ZERO);
  }

  /** For the worker of that site; none if nothing counts there. */
  static List<EvidenceAges> at(Cluster cluster, SiteName site) {
    EvidenceLimits limits = of(cluster, site);
    return limits.point().isZero() && limits.proof().isZero()
        ? List.of()
        : List.of(
            new EvidenceAges(
                cluster.policies().evidence().at(site), limits.point(), limits.proof()));
  }

  /** Whether the age of that kind of evidence counts at that site. */
  static boolean doCount(Cluster cluster, SiteName site, Kind kind) {
    EvidenceLimits limits = of(cluster, site);
    return !(kind == Kind.RESTORE_POINT ? limits.point() : limits.proof()).isZero();
  }
}
