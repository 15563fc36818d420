package dev.mooring.worker;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Whether histories are kept before Temporal forgets them, as figures. */
final class HistoryMetrics {
  private HistoryMetrics() {}

  static void register(MeterRegistry registry, HistoryExport export) {
    FunctionCounter.builder("mooring.histories.kept", export, HistoryExport::kept)
        .description("Histories of runs that this worker put into the evidence store")
        .register(registry);
    FunctionCounter.builder("mooring.histories.failures", export, HistoryExport::failures)
        .description("Attempts to put a history into the evidence store that failed")
        .register(registry);
    Gauge.builder("mooring.histories.waiting", export, HistoryExport::waiting)
        .strongReference(true)
        .description("Runs that are over whose history is not in the evidence store yet")
        .register(registry);
    Gauge.builder(
            "mooring.histories.oldest.waiting.seconds", export, HistoryExport::oldestWaitingSeconds)
        .strongReference(true)
        .description("How long the first of those is over; alarm well before the retention")
        .register(registry);
  }
}
