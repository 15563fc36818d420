package dev.mooring.worker;

import dev.mooring.metrics.Sample;
import dev.mooring.topology.ClusterName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;

/** Whether a cluster's histories are kept before Temporal forgets them, as figures. */
final class HistoryMetrics {
  private HistoryMetrics() {}

  static void register(
      MeterRegistry registry, ClusterName cluster, ClusterHistories of, Clock clock) {
    Tags tags = Tags.of("cluster", cluster.value());
    FunctionCounter.builder("mooring.histories.kept", of, h -> h.figures().kept())
        .tags(tags)
        .description("Histories of runs that this worker put into the evidence store")
        .register(registry);
    FunctionCounter.builder("mooring.histories.failures", of, h -> h.figures().failures())
        .tags(tags)
        .description("Readings of runs that are over, and attempts to keep a history, that failed")
        .register(registry);
    Gauge.builder("mooring.histories.waiting", of, h -> h.figures().waiting())
        .tags(tags)
        .strongReference(true)
        .description("Runs that are over whose history is not in the evidence store yet")
        .register(registry);
    Gauge.builder(
            "mooring.histories.oldest.waiting.seconds", of, h -> oldestSeconds(h.figures(), clock))
        .tags(tags)
        .strongReference(true)
        .description("How long the first of these runs is over; alarm well before the retention")
        .register(registry);
    Gauge.builder(
            "mooring.histories.looked.timestamp.seconds",
            of,
            h -> h.figures().looked().map(Sample::seconds).orElse(0.0))
        .tags(tags)
        .strongReference(true)
        .description("When a reading of the runs that are over last came to its end; 0 if none did")
        .register(registry);
  }

  /** 0 when none waits. */
  private static double oldestSeconds(HistoryFigures figures, Clock clock) {
    return figures
        .oldest()
        .map(first -> (double) Duration.between(first, clock.instant()).toSeconds())
        .orElse(0.0);
  }
}
