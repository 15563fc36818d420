package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.metrics.Metric;
import dev.mooring.metrics.Sample;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.watch.Diagnosis;
import dev.mooring.runbook.watch.ReplicationWatchWorkflow;
import dev.mooring.runbook.watch.WatchState;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.worker.ClusterLooks.Words;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks the watch of each cluster again and again what is wrong: every worker tells it, whichever
 * looks. A watch that does not answer leaves its figures as they were.
 */
final class WatchFigures implements AutoCloseable {
  private static final Duration EVERY = Duration.ofSeconds(15);
  private static final Words WORDS =
      new Words("watch-figures", "the watch", "can't be asked for the metrics", "answers again");

  private final WorkflowClient client;
  private final ClusterFiles files;
  private final LastLooks lastLooks;
  private final Map<ClusterName, List<Sample>> open = new TreeMap<>();
  private final ClusterLooks looks;

  private WatchFigures(WorkflowClient client, ClusterFiles files, LastLooks lastLooks) {
    this.client = client;
    this.files = files;
    this.lastLooks = lastLooks;
    this.looks = new ClusterLooks(WORDS, files, this::look);
  }

  /** Begins to ask. */
  static WatchFigures begin(WorkflowClient client, Adapters adapters) {
    WatchFigures figures = new WatchFigures(client, adapters.clusterFiles(), adapters.lastLooks());
    figures.looks.begin(EVERY);
    return figures;
  }

  private void look(ClusterName name) {
    Cluster cluster = files.read(name);
    if (cluster.streaming().isPresent() && cluster.patroni().isEmpty()) {
      saw(name, asked(name));
    }
  }

  private List<Sample> asked(ClusterName name) {
    ReplicationWatchWorkflow watch =
        client.newWorkflowStub(ReplicationWatchWorkflow.class, RunIds.watch(name));
    try {
      return WorkflowStub.fromTyped(watch).describe().getStatus()
              == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
          ? samples(name, watch.watched())
          : List.of();
    } catch (WorkflowNotFoundException none) {
      return List.of();
    }
  }

  /** One for each diagnosis that is open. */
  static List<Sample> samples(ClusterName cluster, WatchState state) {
    List<Sample> samples = new ArrayList<>();
    for (Diagnosis one : state.diagnoses()) {
      samples.add(
          Metric.DIAGNOSIS.at(
              1,
              cluster.value(),
              one.kind().id(),
              one.kind().level().name().toLowerCase(Locale.ROOT),
              one.subject()));
    }
    return samples;
  }

  private synchronized void saw(ClusterName name, List<Sample> samples) {
    open.put(name, samples);
  }

  /** Those of all clusters, and when their sites were looked at. */
  synchronized List<Sample> all() {
    List<Sample> all = new ArrayList<>(lastLooks.all());
    open.values().forEach(all::addAll);
    return all;
  }

  @Override
  public void close() {
    looks.end(Duration.ZERO);
  }
}
