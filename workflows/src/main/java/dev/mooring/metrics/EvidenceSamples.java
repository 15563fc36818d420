package dev.mooring.metrics;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.evidence.SiteState;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.EvidenceActivities.PointSeen;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.runbook.Outcome;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The content of a cluster's evidence, as metrics. What is missing, or is not trusted, has no
 * sample, least of all a zero.
 */
public final class EvidenceSamples {
  /** The result of a run that did nothing. */
  private static final String NOT_BEGUN = "skipped";

  private static final String PLANNED = Outcome.PLANNED.name().toLowerCase(Locale.ROOT);

  private EvidenceSamples() {}

  /** The samples of evidence that was read at that time. */
  public static List<Sample> of(ClusterName cluster, EvidenceObserved seen, Instant readAt) {
    List<Sample> samples = new ArrayList<>();
    samples.add(Metric.EVIDENCE_READ.at(Sample.seconds(readAt), cluster.value()));
    if (seen.latest() instanceof LatestSeen.Ready ready) {
      double made = Sample.seconds(ready.header().createdAt());
      samples.add(Metric.RESTORE_POINT.at(made, cluster.value()));
      ready
          .proved()
          .forEach(
              content ->
                  samples.add(Metric.ARCHIVE_PROOF.at(made, cluster.value(), content.toString())));
    }
    seen.sites()
        .forEach(
            site -> {
              if (site.state() instanceof StateSeen.Known known) {
                samples.addAll(of(cluster, site.site(), known));
              }
            });
    samples.addAll(endings(seen));
    return samples;
  }

  private static List<Sample> of(ClusterName cluster, SiteName site, StateSeen.Known known) {
    List<Sample> samples = new ArrayList<>();
    Optional<Instant> made =
        known.point() instanceof PointSeen.Made at
            ? Optional.of(at.at())
            : known.point() instanceof PointSeen.Unsealed
                ? known.state().restorePoint().madeAt()
                : Optional.empty();
    made.ifPresent(
        at ->
            samples.add(Metric.MOORED_POINT.at(Sample.seconds(at), cluster.value(), site.value())));
    samples.add(
        Metric.PROVED.at(Sample.seconds(known.state().provedAt()), cluster.value(), site.value()));
    samples.add(Metric.POINTS_BEHIND.at((double) known.behind(), cluster.value(), site.value()));
    return samples;
  }

  /** The figures of a site that was just advanced to a point. */
  public static List<Sample> of(SiteState state) {
    String cluster = state.cluster().value();
    String site = state.site().value();
    List<Sample> samples = new ArrayList<>();
    samples.add(Metric.PROVED.at(Sample.seconds(state.provedAt()), cluster, site));
    state
        .restorePoint()
        .madeAt()
        .ifPresent(at -> samples.add(Metric.MOORED_POINT.at(Sample.seconds(at), cluster, site)));
    return samples;
  }

  /** The figure of a run's ending. */
  public static Sample of(Receipt receipt) {
    return Metric.RUN_ENDED.at(
        Sample.seconds(receipt.ending().at()),
        receipt.run().cluster().value(),
        receipt.run().runbook(),
        receipt.run().scope(),
        outcome(receipt));
  }

  /**
   * How a run ended; of a plan that it was one, however it ended. A scheduled run that found the
   * lock held completes too and did nothing: called completed it would hide the failure before it.
   */
  static String outcome(Receipt receipt) {
    if (receipt.asked().planOnly()) {
      return PLANNED;
    }
    String outcome = receipt.ending().outcome();
    boolean idle =
        switch (receipt.run().runbook()) {
          case "PublishCycle" -> receipt.ending().restorePoint().isEmpty();
          case "DrConsume" -> receipt.seen().consume() instanceof ConsumeRecord.None;
          default -> false;
        };
    return idle && outcome.equals(Outcome.COMPLETED.name())
        ? NOT_BEGUN
        : outcome.toLowerCase(Locale.ROOT);
  }

  /** Whether a run that ended so was to change nothing, or never began. */
  static boolean isIdle(String outcome) {
    return outcome.equals(NOT_BEGUN) || outcome.equals(PLANNED);
  }

  private static List<Sample> endings(EvidenceObserved seen) {
    Map<List<Sample.Label>, Sample> newest = new LinkedHashMap<>();
    Stream.concat(seen.receipts().stream(), seen.lastRuns().found().stream())
        .forEach(
            one -> {
              if (one.read() instanceof ReceiptRead.Intact intact) {
                Sample ended = of(intact.receipt());
                newest.merge(ended.labels(), ended, (a, b) -> a.value() >= b.value() ? a : b);
              }
            });
    return List.copyOf(newest.values());
  }
}
