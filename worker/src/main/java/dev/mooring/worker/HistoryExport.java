package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.evidence.StoreHistories;
import dev.mooring.activities.temporal.ClosedRuns;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import dev.mooring.worker.ClusterObservations.Words;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the history of every run that is over in the evidence store, before Temporal deletes it. It
 * looks every few seconds for runs of the clusters whose sites this worker serves; several workers
 * may do so and do each other no harm. A failure is logged, counted and retried at the next
 * observation; it affects no run, and no other cluster's histories.
 */
public final class HistoryExport implements AutoCloseable {
  private static final Duration STOPPED_WITHIN = Duration.ofSeconds(5);
  private static final Words WORDS =
      new Words(
          "history-export",
          "the histories",
          "are not kept in the evidence store, it is tried again",
          "are kept again");

  private final ClosedRuns runs;
  private final ClusterFiles files;
  private final StoreHistories histories;
  private final Set<SiteName> sites;
  private final Clock clock;
  private final ClusterObservations looks;
  private final Map<ClusterName, ClusterHistories> clusters = new TreeMap<>();
  private @Nullable MeterRegistry registry;

  /**
   * @param sites the sites that this worker serves: it reaches their stores
   * @param clock what Temporal's times are compared with
   */
  public HistoryExport(
      ClosedRuns runs,
      ClusterFiles files,
      StoreHistories histories,
      List<SiteName> sites,
      Clock clock) {
    this.runs = runs;
    this.files = files;
    this.histories = histories;
    this.sites = Set.copyOf(sites);
    this.clock = clock;
    this.looks = new ClusterObservations(WORDS, files, this::look);
  }

  /** Begins to look; a worker without a site keeps nothing, because it reaches no store. */
  public HistoryExport started() {
    if (!sites.isEmpty()) {
      looks.begin(ClusterHistories.EVERY);
    }
    return this;
  }

  private void look(ClusterName name) {
    Cluster cluster;
    try {
      cluster = files.read(name);
    } catch (RuntimeException unreadable) {
      of(name).failed();
      throw unreadable;
    }
    cluster.sites().stream()
        .map(Site::name)
        .filter(sites::contains)
        .findFirst()
        .ifPresent(site -> of(name).look(cluster.policies().evidence().at(site)));
  }

  private synchronized ClusterHistories of(ClusterName name) {
    return clusters.computeIfAbsent(
        name,
        unseen -> {
          ClusterHistories one = new ClusterHistories(name, runs, histories, clock);
          Optional.ofNullable(registry)
              .ifPresent(meters -> HistoryMetrics.register(meters, name, one, clock));
          return one;
        });
  }

  /** Registers the metrics of all clusters, also of later ones. */
  synchronized void report(MeterRegistry meters) {
    registry = meters;
    clusters.forEach((name, one) -> HistoryMetrics.register(meters, name, one, clock));
  }

  /** The result of each cluster that was read. */
  public synchronized Map<ClusterName, HistoryFigures> figures() {
    Map<ClusterName, HistoryFigures> figures = new TreeMap<>();
    clusters.forEach((name, one) -> figures.put(name, one.figures()));
    return figures;
  }

  /** Waits for the histories that are being kept; another worker keeps the others. */
  @Override
  public void close() {
    looks.end(STOPPED_WITHIN);
  }
}
