package dev.mooring.activities.watch;

import dev.mooring.activities.watch.ObservedRoles.Began;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.EvidenceActivities.ObserveEvidence;
import dev.mooring.port.Sign;
import dev.mooring.port.Sign.Kind;
import dev.mooring.port.WatchActivities.EvidenceAges;
import dev.mooring.port.WatchActivities.WatchWork;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.watch.EvidenceSigns;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/**
 * Reads evidence once a minute for each site, beside the observations, which never wait for it:
 * each shows the age that the last reading found. A reading that failed, or takes a minute, leaves
 * the age unknown.
 */
final class EvidenceReadings {
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final EvidenceActivities evidence;
  private final Executor beside;
  private final Map<Key, Reading> readings = new HashMap<>();

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

  /**
   * A reading.
   *
   * @param nanos when it began
   * @param before the signs until it is over
   */
  private record Reading(long nanos, List<Sign> before, CompletableFuture<List<Sign>> signs) {
    List<Sign> at(long now) {
      if (!signs.isDone()) {
        return isDue(now) ? List.of() : before;
      }
      try {
        return signs.join();
      } catch (CompletionException | CancellationException unread) {
        return List.of();
      }
    }

    boolean isDue(long now) {
      return now - nanos >= EVERY.toNanos();
    }
  }

  /** The signs that an observation shows which began then. */
  synchronized List<Sign> signs(WatchWork request, Began began) {
    Key key = new Key(request.call().cluster(), request.watched().site());
    if (request.watched().evidence().isEmpty()) {
      readings.remove(key);
      return List.of();
    }
    Reading last = readings.get(key);
    if (last == null || (last.signs().isDone() && last.isDue(began.nanos()))) {
      List<Sign> before = last == null ? reported(request) : last.at(began.nanos());
      last = new Reading(began.nanos(), before, read(request, began));
      readings.put(key, last);
    }
    return last.at(began.nanos());
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
            request.call().cluster(),
            ages.proof().isZero() ? List.of() : List.of(site),
            0,
            0,
            List.of());
    return CompletableFuture.supplyAsync(
        () -> EvidenceSigns.of(site, ages, evidence.observeEvidence(asked), began.at()), beside);
  }
}
