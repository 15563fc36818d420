package dev.mooring.metrics;

import dev.mooring.evidence.ConsumeRecord;
import dev.mooring.evidence.Receipt;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LatestSeen;
import dev.mooring.port.EvidenceActivities.ReceiptRead;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.EvidenceActivities.StateSeen;
import dev.mooring.runbook.Outcome;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The five metrics of whpg_dr_sync's {@code status --format prometheus}, under a prefix that is its
 * {@code --name}, for existing dashboards. 1 is good, -1 is not, 0 is not known. Beside its labels
 * each has the cluster's and, in mode dr, the site's. The statuses are those of the receipts, so no
 * success counts as another's.
 */
public final class ReferenceSamples {
  private static final double WELL = 1;
  private static final double UNKNOWN = 0;
  private static final double NOT_WELL = -1;

  private final String prefix;
  private final ClusterName cluster;
  private final EvidenceObserved seen;
  private final List<Receipt> receipts;
  private final List<Sample> samples = new ArrayList<>();

  private ReferenceSamples(String prefix, ClusterName cluster, EvidenceObserved seen) {
    this.prefix = prefix;
    this.cluster = cluster;
    this.seen = seen;
    this.receipts = intact(seen.receipts());
  }

  /** Whether figures may be named so. */
  public static boolean isPrefix(String text) {
    return text.matches("[A-Za-z_][A-Za-z0-9_]*");
  }

  /** The samples of a cluster whose evidence was read. */
  public static List<Sample> of(String prefix, ClusterName cluster, EvidenceObserved seen) {
    ReferenceSamples made = new ReferenceSamples(prefix, cluster, seen);
    made.primary();
    seen.sites().forEach(made::dr);
    return made.samples;
  }

  private void primary() {
    String outcome =
        lastRuns()
            .filter(r -> r.run().runbook().equals("PublishCycle"))
            .map(EvidenceSamples::outcome)
            .filter(word -> !EvidenceSamples.isIdle(word))
            .findFirst()
            .orElse("");
    boolean well = outcome.equals(Outcome.COMPLETED.name().toLowerCase(Locale.ROOT));
    status(outcome, outcome.isEmpty() ? UNKNOWN : well ? WELL : NOT_WELL, "primary", "");
    add("latest_ready", "LATEST is READY", latestReady(), "primary", "");
    add("drift", "whether the site is at another point than LATEST", 0, "primary", "");
  }

  private void dr(SiteSeen site) {
    SiteName name = site.site();
    Optional<Receipt> last = lastRuns().filter(r -> isRunOf(r, name)).findFirst();
    String status = last.map(ReferenceSamples::status).orElse("");
    boolean well = status.equals(ConsumeRecord.Status.SUCCESS.text());
    status(status, status.isEmpty() ? UNKNOWN : well ? WELL : NOT_WELL, "dr", name.value());
    add("latest_ready", "LATEST is READY", latestReady(), "dr", name.value());
    add(
        "drift",
        "whether the site is at another point than LATEST",
        Objects.equals(current(site), target()) ? 0 : 1,
        "dr",
        name.value());
    last.flatMap(ReferenceSamples::attempt)
        .ifPresent(
            attempt ->
                add(
                    "last_waited_seconds",
                    "how long the last attempt waited for replay",
                    (double) attempt.waited().toSeconds(),
                    "dr",
                    name.value()));
    receipts(name);
  }

  private void receipts(SiteName name) {
    for (String kind : List.of("ok", "timeout", "other")) {
      long count = receipts.stream().filter(r -> isRunOf(r, name) && kind(r).equals(kind)).count();
      samples.add(
          new Sample(
              prefix + "_receipts_recent_count",
              "the last receipts, by how they ended",
              labels("dr", name.value(), new Sample.Label("kind", kind)),
              (double) count));
    }
  }

  private Stream<Receipt> lastRuns() {
    return Stream.concat(receipts.stream(), intact(seen.lastRuns().found()).stream());
  }

  private static List<Receipt> intact(List<ReceiptSeen> all) {
    return all.stream()
        .map(ReceiptSeen::read)
        .filter(ReceiptRead.Intact.class::isInstance)
        .map(read -> ((ReceiptRead.Intact) read).receipt())
        .toList();
  }

  /** Whether the run was to moor the site, and did something about it. */
  private static boolean isRunOf(Receipt receipt, SiteName site) {
    return receipt.run().runbook().equals("DrConsume")
        && receipt.run().scope().equals(site.value())
        && !EvidenceSamples.isIdle(EvidenceSamples.outcome(receipt));
  }

  /** In that tool's words if it has one; the tool leaves no receipt if a host is away. */
  private static String status(Receipt receipt) {
    return attempt(receipt)
        .map(made -> made.status().text())
        .orElseGet(() -> EvidenceSamples.outcome(receipt));
  }

  private static Optional<ConsumeRecord.Attempt> attempt(Receipt receipt) {
    return receipt.seen().consume() instanceof ConsumeRecord.Attempt attempt
        ? Optional.of(attempt)
        : Optional.empty();
  }

  private static String kind(Receipt receipt) {
    return attempt(receipt)
        .map(
            made ->
                switch (made.status()) {
                  case SUCCESS -> "ok";
                  case TIMEOUT -> "timeout";
                  case MISMATCH, MISSING_WAL -> "other";
                })
        .orElse("other");
  }

  private double latestReady() {
    if (seen.latest() instanceof LatestSeen.None) {
      return UNKNOWN;
    }
    return target().isPresent() ? WELL : NOT_WELL;
  }

  private Optional<String> target() {
    if (seen.latest() instanceof LatestSeen.Ready ready) {
      return Optional.of(ready.header().restorePoint().value());
    }
    return seen.latest() instanceof LatestSeen.Unsealed unsealed && unsealed.ready()
        ? Optional.of(unsealed.point().value())
        : Optional.empty();
  }

  private static Optional<String> current(SiteSeen site) {
    return site.state() instanceof StateSeen.Known known
        ? Optional.of(known.state().restorePoint().value())
        : Optional.empty();
  }

  private void status(String status, double code, String mode, String site) {
    samples.add(
        new Sample(
            prefix + "_status_code",
            "how the last run ended: 1 well, -1 not, 0 not known",
            labels(mode, site, new Sample.Label("status", status.isEmpty() ? "-" : status)),
            code));
  }

  private void add(String name, String help, double value, String mode, String site) {
    samples.add(new Sample(prefix + "_" + name, help, labels(mode, site), value));
  }

  private List<Sample.Label> labels(String mode, String site, Sample.Label... more) {
    List<Sample.Label> labels = new ArrayList<>(List.of(new Sample.Label("mode", mode)));
    labels.addAll(List.of(more));
    labels.add(new Sample.Label("cluster", cluster.value()));
    if (!site.isEmpty()) {
      labels.add(new Sample.Label("site", site));
    }
    return labels;
  }
}
