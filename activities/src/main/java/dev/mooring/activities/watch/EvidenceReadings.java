package dev.mooring.activities.watch;

import dev.mooring.activities.watch.ObservedRoles.Began;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.EvidenceActivities.ObserveEvidence;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.EvidenceAges;
import dev.mooring.port.WatchActivities.Pace;
import dev.mooring.port.WatchActivities.WatchWork;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.watch.EvidenceSigns;
import dev.mooring.watch.SteadySigns;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Reads evidence once a minute for each site, beside the observations, which never wait for it:
 * each shows what two readings in a row have found. The age is unknown after two that failed, or
 * while one takes more than two minutes.
 */
final class EvidenceReadings {
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final Pace PACE = new Pace(EVERY, 2, 2, 0);

  private final EvidenceActivities evidence;
  private final Executor beside;
  private final Map<Key, Readings> readings = new HashMap<>();

  /**
   * Over that port.
   *
   * @param beside where the readings run
   */
  EvidenceReadings(EvidenceActivities evidence, Executor beside) {
    this.evidence = evidence;
    this.beside = beside;
  }

  private record Key(ClusterName cluster, SiteName site) {}

  /** Those of one site, one after another. */
  private final class Readings {
    private SteadySigns steady;
    private List<Sign> counting;
    private Optional<CompletableFuture<List<Sign>>> underWay = Optional.empty();
    private long observed;
    private long due;

    Readings(List<Sign> counting, long now) {
      steady = new SteadySigns(PACE, counting, List.of());
      this.counting = counting;
      observed = now;
      due = now;
    }

    /** Whether another worker observed the site meanwhile. */
    boolean areOld(Duration every, long now) {
      return now - observed > 2 * Math.max(EVERY.toNanos(), every.toNanos());
    }

    List<Sign> at(WatchWork request, Began began) {
      observed = began.nanos();
      underWay.filter(CompletableFuture::isDone).ifPresent(this::isOver);
      if (underWay.isEmpty() && observed >= due) {
        due = observed + EVERY.toNanos();
        underWay = Optional.of(read(request, began));
      } else if (observed >= due + EVERY.toNanos()) {
        steady = new SteadySigns(PACE, List.of(), List.of());
        counting = List.of();
      }
      return counting;
    }

    private void isOver(CompletableFuture<List<Sign>> reading) {
      counting = steady.after(reading.exceptionally(unread -> List.of()).join());
      underWay = Optional.empty();
    }
  }

  /** The signs that an observation shows which began then. */
  synchronized List<Sign> signs(WatchWork request, Began began) {
    Key key = new Key(request.call().cluster(), request.watched().site());
    if (request.watched().evidence().isEmpty()) {
      readings.remove(key);
      return List.of();
    }
    Readings its = readings.get(key);
    if (its == null || its.areOld(request.pace().every(), began.nanos())) {
      its = new Readings(reported(request), began.nanos());
      readings.put(key, its);
    }
    return its.at(request, began);
  }

  /** Of the worker that observed before. */
  private static List<Sign> reported(WatchWork request) {
    return request.last().signs().stream()
        .filter(sign -> sign.kind() == Kind.RESTORE_POINT || sign.kind() == Kind.PROOF)
        .toList();
  }

  private CompletableFuture<List<Sign>> read(WatchWork request, Began began) {
    SiteName site = request.watched().site();
    EvidenceAges ages = request.watched().evidence().get(0);
    ObserveEvidence asked =
        new ObserveEvidence(
            request.call(),
            ages.evidence(),
            ages.proof().isZero() ? List.of() : List.of(site),
            0,
            0,
            List.of());
    return CompletableFuture.supplyAsync(
        () -> EvidenceSigns.of(site, ages, evidence.observeEvidence(asked), began.at()), beside);
  }
}
