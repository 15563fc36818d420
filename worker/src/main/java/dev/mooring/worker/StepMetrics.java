package dev.mooring.worker;

import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.Receipt.StepRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How long each step took, from the receipts that this worker wrote: in workflow time, so that a
 * replay measures nothing again. A receipt whose answer was lost is written again and counts once.
 */
final class StepMetrics {
  private static final String NAME = "mooring.step.duration";
  private static final int RUNS_REMEMBERED = 1000;
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(100),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5),
    Duration.ofMinutes(30),
    Duration.ofHours(2)
  };

  private final MeterRegistry registry;
  private final Set<String> counted =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > RUNS_REMEMBERED;
            }
          });

  StepMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A run left this receipt. */
  synchronized void ended(Receipt receipt) {
    if (counted.add(receipt.run().originalRun())) {
      receipt.steps().forEach(step -> took(receipt, step));
    }
  }

  private void took(Receipt receipt, StepRecord step) {
    Timer.builder(NAME)
        .description("How long a step of a run took that left a receipt.")
        .tag("cluster", receipt.run().cluster().value())
        .tag("runbook", receipt.run().runbook())
        .tag("step", step.step())
        .serviceLevelObjectives(BUCKETS)
        .register(registry)
        .record(step.took());
  }
}
