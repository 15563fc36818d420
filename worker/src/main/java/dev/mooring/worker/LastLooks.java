package dev.mooring.worker;

import dev.mooring.metrics.Metric;
import dev.mooring.metrics.Sample;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** When watches of this worker last read a site. */
final class LastLooks {
  private final Clock clock;
  private final Map<ClusterName, Map<SiteName, Sample>> looks = new TreeMap<>();

  LastLooks(Clock clock) {
    this.clock = clock;
  }

  synchronized void saw(ClusterName cluster, SiteName site) {
    looks
        .computeIfAbsent(cluster, none -> new TreeMap<>())
        .put(
            site,
            Metric.WATCH_LOOKED.at(Sample.seconds(clock.instant()), cluster.value(), site.value()));
  }

  /** The sites of that cluster that are watched by now: one without members is read no more. */
  synchronized void watched(ClusterName cluster, Set<SiteName> sites) {
    looks.getOrDefault(cluster, new TreeMap<>()).keySet().retainAll(sites);
  }

  synchronized Set<ClusterName> clusters() {
    return Set.copyOf(looks.keySet());
  }

  /** The times of the configured clusters; those of other clusters are dropped. */
  synchronized List<Sample> all(Set<ClusterName> configured) {
    looks.keySet().retainAll(configured);
    List<Sample> all = new ArrayList<>();
    looks.values().forEach(sites -> all.addAll(sites.values()));
    return all;
  }
}
