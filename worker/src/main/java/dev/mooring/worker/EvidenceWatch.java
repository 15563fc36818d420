package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.EvidenceActivities.ObserveEvidence;
import dev.mooring.port.EvidenceActivities.RunsOf;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the evidence of every cluster of this worker's sites again and again, for its figures
 * alone: they are right after a restart, and while no run goes on or Temporal is away. Nothing is
 * written; a store that can't be read, or does not answer, leaves the figures of its clusters as
 * they were, growing old, and those of others alone: each cluster has a thread of its own.
 */
final class EvidenceWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EvidenceWatch.class);
  private static final int RECEIPTS = 10;

  private final Duration every;
  private final List<SiteName> sites;
  private final ClusterFiles files;
  private final EvidenceActivities evidence;
  private final EvidenceMetrics metrics;
  private final Map<String, String> troubles = new ConcurrentHashMap<>();
  private final Map<ClusterName, Future<?>> looks = new HashMap<>();
  private final ScheduledExecutorService watching =
      Executors.newSingleThreadScheduledExecutor(EvidenceWatch::thread);
  private final ExecutorService reading = Executors.newCachedThreadPool(EvidenceWatch::thread);

  private @Nullable Future<?> looking;

  private EvidenceWatch(
      Duration every,
      List<SiteName> sites,
      ClusterFiles files,
      EvidenceActivities evidence,
      EvidenceMetrics metrics) {
    this.every = every;
    this.sites = sites;
    this.files = files;
    this.evidence = evidence;
    this.metrics = metrics;
  }

  /**
   * Begins to look.
   *
   * @param every how long after a look the next begins; not at all when zero
   */
  static EvidenceWatch begin(
      Duration every, List<SiteName> sites, Adapters adapters, EvidenceMetrics metrics) {
    EvidenceWatch watch =
        new EvidenceWatch(every, sites, adapters.clusterFiles(), adapters.evidence(), metrics);
    if (watch.isOn()) {
      watch.looking =
          watch.watching.scheduleWithFixedDelay(
              watch::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    }
    return watch;
  }

  private boolean isOn() {
    return !every.isZero() && !sites.isEmpty();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "evidence-watch");
    thread.setDaemon(true);
    return thread;
  }

  /** For the log. */
  @Override
  public String toString() {
    return isOn()
        ? "evidence read for the metrics every " + every.toSeconds() + " s"
        : "evidence not read for the metrics";
  }

  /** Of a cluster whose last look did not end yet none is begun. */
  private void look() {
    told("the configuration directory", () -> files.names().forEach(this::begin));
  }

  private void begin(ClusterName name) {
    Future<?> last = looks.get(name);
    if (last == null || last.isDone()) {
      looks.put(name, reading.submit(() -> told("the evidence of " + name, () -> look(name))));
    } else {
      troubled("the evidence of " + name, "the last look has not ended yet");
    }
  }

  private void look(ClusterName name) {
    Optional<ObserveEvidence> look;
    try {
      look = asked(files.read(name));
    } catch (RuntimeException unreadable) {
      metrics.watches(name);
      throw unreadable;
    }
    look.ifPresent(
        asked -> {
          metrics.watches(name);
          metrics.saw(name, evidence.observeEvidence(asked));
        });
  }

  /** Nothing, where none of its sites is this worker's. */
  private Optional<ObserveEvidence> asked(Cluster cluster) {
    return sites.stream()
        .filter(site -> cluster.sites().stream().anyMatch(s -> s.name().equals(site)))
        .findFirst()
        .map(site -> asked(cluster, site));
  }

  private static ObserveEvidence asked(Cluster cluster, SiteName site) {
    SiteName publisher = cluster.policies().publish().site();
    return new ObserveEvidence(
        new Call(cluster.name(), "evidence-watch", "LOOK", 0, Epoch.NONE),
        cluster.policies().evidence().at(site),
        cluster.name(),
        cluster.sites().stream().map(Site::name).filter(s -> !s.equals(publisher)).toList(),
        RECEIPTS,
        0,
        RunsOf.all(cluster));
  }

  /**
   * One line when a look begins to fail or fails otherwise, one when it succeeds again. Nothing
   * passes, not an error either: it would end the watch without a word.
   */
  private void told(String what, Runnable look) {
    try {
      look.run();
      if (troubles.remove(what) != null) {
        log.info("{} can be read again", what);
      }
    } catch (RuntimeException unreadable) {
      troubled(what, Optional.ofNullable(unreadable.getMessage()).orElse(unreadable.toString()));
    } catch (Throwable broken) {
      log.error("{} can't be read for the metrics", what, broken);
      troubles.put(what, broken.toString());
    }
  }

  private void troubled(String what, String why) {
    if (!why.equals(troubles.put(what, why))) {
      log.warn("{} can't be read for the metrics: {}", what, why);
    }
  }

  @Override
  public void close() {
    if (looking != null) {
      looking.cancel(true);
    }
    watching.shutdownNow();
    reading.shutdownNow();
  }
}
