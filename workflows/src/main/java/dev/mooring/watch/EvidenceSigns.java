package dev.mooring.watch;

import dev.mooring.evidence.RestorePointName;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.EvidenceActivities.PointSeen;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.EvidenceAges;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The signs in one reading of the evidence by a site. What can't be trusted gives none. */
public final class EvidenceSigns {
  private EvidenceSigns() {}

  /** The ages that count at that site, as they are then. */
  public static List<Sign> of(
      SiteName site, EvidenceAges ages, EvidenceObserved seen, Instant now) {
    List<Sign> signs = new ArrayList<>();
    if (!ages.point().isZero() && seen.latest() instanceof LatestSeen.Ready ready) {
      RestorePointName latest = ready.header().restorePoint();
      boolean late = isOlder(ready.header().createdAt(), ages.point(), now);
      signs.add(sign(Kind.RESTORE_POINT, site, late, latest));
    }
    if (!ages.proof().isZero()) {
      seen.sites().stream()
          .filter(one -> one.site().equals(site))
          .map(SiteSeen::state)
          .filter(StateSeen.Known.class::isInstance)
          .map(StateSeen.Known.class::cast)
          .forEach(
              known ->
                  signs.add(
                      sign(
                          Kind.PROOF,
                          site,
                          known.behind() > 0 && isOlder(madeAt(known), ages.proof(), now),
                          known.state().restorePoint())));
    }
    return signs;
  }

  /** Another tool's manifest does not say when the point was created. */
  private static Instant madeAt(StateSeen.Known known) {
    return known.point() instanceof PointSeen.Made made ? made.at() : known.state().provedAt();
  }

  private static boolean isOlder(Instant made, Duration age, Instant now) {
    return Duration.between(made, now).compareTo(age) > 0;
  }

  private static Sign sign(Kind kind, SiteName site, boolean late, RestorePointName point) {
    return new Sign(kind, new InstanceId(site.value()), late ? point.value() : Sign.IN_TIME);
  }
}
