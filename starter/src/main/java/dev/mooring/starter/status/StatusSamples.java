package dev.mooring.starter.status;

import dev.mooring.metrics.EvidenceSamples;
import dev.mooring.metrics.Metric;
import dev.mooring.metrics.PrometheusText;
import dev.mooring.metrics.ReferenceSamples;
import dev.mooring.metrics.Sample;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.runbook.status.StatusResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Status for Prometheus, under the names that a worker serves. If the evidence can't be read only
 * the level 2 is written: the other metrics are absent, never old.
 */
public final class StatusSamples {
  private StatusSamples() {}

  /**
   * The report in Prometheus's text form.
   *
   * @param reference the prefix of whpg_dr_sync's five figures, if they are wanted
   */
  public static String of(StatusResult result, Optional<String> reference) {
    List<Sample> samples = new ArrayList<>();
    samples.add(Metric.STATUS_LEVEL.at(level(result.worst()), result.cluster().value()));
    result.evidence().stream()
        .findFirst()
        .ifPresent(
            seen -> {
              samples.addAll(EvidenceSamples.of(result.cluster(), seen, result.lookedAt()));
              reference.ifPresent(
                  prefix -> samples.addAll(ReferenceSamples.of(prefix, result.cluster(), seen)));
            });
    return PrometheusText.of(samples);
  }

  private static double level(Judged worst) {
    return switch (worst) {
      case GOOD -> 0;
      case WARNING, OVERRIDDEN -> 1;
      case WRONG -> 2;
    };
  }
}
