package dev.mooring.worker;

import dev.mooring.metrics.Metric;
import dev.mooring.metrics.Sample;
import dev.mooring.topology.ClusterName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The metrics of clusters as this worker last read them. Of a time the latest value counts; of
 * every other metric the value that was read last. They are lost with the process; the next reading
 * restores them.
 */
final class SeenSamples {
  private static final List<String> TIMES =
      Arrays.stream(Metric.values()).filter(Metric::isTime).map(Metric::text).toList();

  private final Map<String, Sample> samples = new TreeMap<>();
  private final Map<ClusterName, List<Sample>> reference = new TreeMap<>();

  synchronized void saw(List<Sample> seen) {
    for (Sample one : seen) {
      samples.merge(key(one), one, (old, now) -> isOlder(now, old) ? old : now);
    }
  }

  private static boolean isOlder(Sample now, Sample old) {
    return TIMES.contains(now.name()) && now.value() < old.value();
  }

  /** Replaces the reference tool's metrics of a cluster. */
  synchronized void sawReference(ClusterName cluster, List<Sample> seen) {
    reference.put(cluster, List.copyOf(seen));
  }

  synchronized List<Sample> all() {
    List<Sample> all = new ArrayList<>(samples.values());
    reference.values().forEach(all::addAll);
    return all;
  }

  private static String key(Sample one) {
    return one.labels().stream()
        .map(Sample.Label::value)
        .collect(Collectors.joining("\n", one.name() + "\n", ""));
  }
}
