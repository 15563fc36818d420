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
import java.util.Optional;

/** The signs in one reading of the evidence by a site. What can't be trusted gives none. */
public final class EvidenceSigns {
  /** How far the clock of this worker may be behind that of the one which made a point. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private EvidenceSigns() {}

  /** The ages that count at that site, as they are then. */
  public static List<Sign> of(
      SiteName site, EvidenceAges ages, EvidenceObserved seen, Instant now) {
    List<Sign> signs = new ArrayList<>();
    if (!ages.point().isZero() && seen.latest() instanceof LatestSeen.Ready ready) {
      age(ready.header().createdAt(), now)
          .map(age -> age.compareTo(ages.point()) > 0)
          .map(late -> sign(Kind.RESTORE_POINT, site, late, ready.header().restorePoint()))
          .ifPresent(signs::add);
    }
    if (!ages.proof().isZero() && isKnown(seen.latest())) {
      known(site, seen)
          .flatMap(known -> proof(site, ages.proof(), known, now))
          .ifPresent(signs::add);
    }
    return signs;
  }

  /** Without one, no point is known to be READY, and so none to be newer than a proof. */
  private static boolean isKnown(LatestSeen latest) {
    return latest instanceof LatestSeen.Ready || latest instanceof LatestSeen.Unsealed;
  }

  private static Optional<StateSeen.Known> known(SiteName site, EvidenceObserved seen) {
    return seen.sites().stream()
        .filter(one -> one.site().equals(site))
        .map(SiteSeen::state)
        .filter(StateSeen.Known.class::isInstance)
        .map(StateSeen.Known.class::cast)
        .findFirst();
  }

  private static Optional<Sign> proof(
      SiteName site, Duration atMost, StateSeen.Known known, Instant now) {
    return madeAt(known)
        .flatMap(made -> age(made, now))
        .map(age -> known.behind() > 0 && age.compareTo(atMost) > 0)
        .map(late -> sign(Kind.PROOF, site, late, known.state().restorePoint()));
  }

  /** Another tool's manifest does not say when the point was created. */
  private static Optional<Instant> madeAt(StateSeen.Known known) {
    if (known.point() instanceof PointSeen.Made made) {
      return Optional.of(made.at());
    }
    return known.point() instanceof PointSeen.Unsealed
        ? Optional.of(known.state().provedAt())
        : Optional.empty();
  }

  /** Not known if it lies in the future: one of the two clocks is wrong. */
  private static Optional<Duration> age(Instant made, Instant now) {
    return made.isAfter(now.plus(CLOCKS))
        ? Optional.empty()
        : Optional.of(Duration.between(made, now));
  }

  private static Sign sign(Kind kind, SiteName site, boolean late, RestorePointName point) {
    return new Sign(kind, new InstanceId(site.value()), late ? point.value() : Sign.IN_TIME);
  }
}
