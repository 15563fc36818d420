package dev.mooring.worker;

import com.uber.m3.tally.RootScopeBuilder;
import com.uber.m3.tally.Scope;
import com.uber.m3.util.Duration;
import dev.mooring.metrics.PrometheusText;
import dev.mooring.metrics.Sample;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.common.reporter.MicrometerClientStatsReporter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The worker's figures: the figures of Temporal's SDK, of the JVM, of the runs it served and of the
 * clusters it saw, in Prometheus's text form.
 */
final class WorkerMetrics implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Scope scope =
      new RootScopeBuilder()
          .reporter(new MicrometerClientStatsReporter(registry))
          .reportEvery(Duration.ofSeconds(5));

  private final SeenSamples samples = new SeenSamples();
  private volatile Supplier<List<Sample>> watched = List::of;

  WorkerMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** What Temporal's client and workers report to. */
  Scope scope() {
    return scope;
  }

  /** What takes figures from the acts of runs, and from readings of evidence. */
  EvidenceMetrics ofEvidence(Optional<String> reference) {
    return new EvidenceMetrics(samples, new StepMetrics(registry), reference);
  }

  /** All that takes figures from what a worker does. */
  List<WorkerInterceptor> interceptors(EvidenceMetrics evidence) {
    return List.of(new ArchiveFloorMetrics(registry), new RunMetrics(registry), evidence);
  }

  /** Where a worker's figures are registered. */
  MeterRegistry registry() {
    return registry;
  }

  /** What watches report, asked for at each scrape. */
  void ofWatches(Supplier<List<Sample>> figures) {
    watched = figures;
  }

  String text() {
    List<Sample> all = new ArrayList<>(samples.all());
    all.addAll(watched.get());
    return registry.scrape() + PrometheusText.of(all);
  }

  @Override
  public void close() {
    registry.close();
  }
}
