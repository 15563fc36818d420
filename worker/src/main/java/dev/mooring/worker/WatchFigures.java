package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.activities.temporal.OpenExecutions;
import dev.mooring.metrics.Metric;
import dev.mooring.metrics.Sample;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.watch.Diagnosis;
import dev.mooring.runbook.watch.ReplicationWatchWorkflow;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Instance;
import dev.mooring.worker.ClusterObservations.Words;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks the watch of each cluster again and again what is wrong, so that every worker reports it,
 * whichever worker looks. A watch that does not answer keeps its last metrics.
 */
final class WatchFigures implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(15);
  private static final Words WORDS =
      new Words("watch-figures", "the watch", "can't be asked for the metrics", "answers again");

  private final Watches watches;
  private final ClusterFiles files;
  private final LastLooks lastLooks;
  private final Map<ClusterName, List<Sample>> open = new TreeMap<>();
  private final ClusterObservations looks;

  WatchFigures(Watches watches, ClusterFiles files, LastLooks lastLooks) {
    this.watches = watches;
    this.files = files;
    this.lastLooks = lastLooks;
    this.looks = new ClusterObservations(WORDS, files, this::look);
  }

  /** The watches of clusters. */
  interface Watches {
    /** Whether one runs; Temporal knows that without it. */
    boolean isOpen(ClusterName cluster);

    /** The state that a running watch answers. */
    WatchState state(ClusterName cluster);
  }

  private record Asked(WorkflowClient client) implements Watches {
    @Override
    public boolean isOpen(ClusterName cluster) {
      return OpenExecutions.of(client, RunIds.watch(cluster)).isPresent();
    }

    @Override
    public WatchState state(ClusterName cluster) {
      return client
          .newWorkflowStub(ReplicationWatchWorkflow.class, RunIds.watch(cluster))
          .watched();
    }
  }

  /** Begins to ask. */
  static WatchFigures begin(WorkflowClient client, Adapters adapters) {
    WatchFigures figures =
        new WatchFigures(new Asked(client), adapters.clusterFiles(), adapters.lastLooks());
    figures.looks.begin(EVERY);
    return figures;
  }

  private void look(ClusterName name) {
    Cluster cluster = files.read(name);
    lastLooks.watched(
        name, cluster.members().stream().map(Instance::site).collect(Collectors.toSet()));
    if (cluster.streaming().isPresent() && cluster.patroni().isEmpty()) {
      ask(name);
    } else {
      saw(name, List.of());
    }
  }

  /** Asks one watch. One that runs and does not answer is reported as running: no other would. */
  void ask(ClusterName name) {
    if (!watches.isOpen(name)) {
      saw(name, List.of(Metric.WATCH_OPEN.at(0, name.value())));
      return;
    }
    runs(name);
    saw(name, samples(name, watches.state(name)));
  }

  /** Keeps the diagnoses that the watch reported before. */
  private synchronized void runs(ClusterName name) {
    List<Sample> samples = new ArrayList<>();
    samples.add(Metric.WATCH_OPEN.at(1, name.value()));
    open.getOrDefault(name, List.of()).stream()
        .filter(sample -> sample.name().equals(Metric.DIAGNOSIS.text()))
        .forEach(samples::add);
    open.put(name, samples);
  }

  /** One sample for the running watch, and one for each open diagnosis. */
  static List<Sample> samples(ClusterName cluster, WatchState state) {
    List<Sample> samples = new ArrayList<>();
    samples.add(Metric.WATCH_OPEN.at(1, cluster.value()));
    for (Diagnosis one : state.diagnoses()) {
      samples.add(
          Metric.DIAGNOSIS.at(
              1, cluster.value(), one.kind().id(), one.kind().verdict().level(), one.subject()));
    }
    return samples;
  }

  private synchronized void saw(ClusterName name, List<Sample> samples) {
    open.put(name, samples);
  }

  /** The diagnoses of all clusters, and when their sites were read. */
  synchronized List<Sample> all() {
    Set<ClusterName> configured = configured();
    open.keySet().retainAll(configured);
    List<Sample> all = new ArrayList<>(lastLooks.all(configured));
    open.values().forEach(all::addAll);
    return all;
  }

  /** A directory that can't be read for a moment leaves all that is known. */
  private Set<ClusterName> configured() {
    try {
      return Set.copyOf(files.names());
    } catch (RuntimeException unread) {
      return Stream.concat(open.keySet().stream(), lastLooks.clusters().stream())
          .collect(Collectors.toSet());
    }
  }

  @Override
  public void close() {
    looks.end(Duration.ZERO);
  }
}
