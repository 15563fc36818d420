package dev.mooring.worker;

import dev.mooring.activities.clusterfile.ClusterFiles;
import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.EvidenceActivities.ObserveEvidence;
import dev.mooring.port.EvidenceActivities.RunsOf;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import dev.mooring.worker.ClusterObservations.Words;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads the evidence of every cluster of this worker's sites again and again, for its metrics
 * alone: they are right after a restart, and while no run goes on or Temporal is away. It writes
 * nothing. A store that can't be read, or does not answer, leaves the metrics of its clusters as
 * they were, growing old, and affects no other cluster.
 */
final class EvidenceWatch implements AutoCloseable {
  private static final int RECEIPTS = 10;
  private static final Words WORDS =
      new Words(
          "evidence-watch", "the evidence", "can't be read for the metrics", "can be read again");

  private final Duration every;
  private final List<SiteName> sites;
  private final ClusterFiles files;
  private final EvidenceActivities evidence;
  private final EvidenceMetrics metrics;
  private final ClusterObservations looks;

  private EvidenceWatch(
      Duration every,
      List<SiteName> sites,
      ClusterFiles files,
      EvidenceActivities evidence,
      EvidenceMetrics metrics) {
    this.every = every;
    this.sites = sites;
    this.files = files;
    this.evidence = evidence;
    this.metrics = metrics;
    this.looks = new ClusterObservations(WORDS, files, this::look);
  }

  /**
   * Begins to look.
   *
   * @param every how long after an observation the next begins; zero: no observation is made
   */
  static EvidenceWatch begin(
      Duration every, List<SiteName> sites, Adapters adapters, EvidenceMetrics metrics) {
    EvidenceWatch watch =
        new EvidenceWatch(every, sites, adapters.clusterFiles(), adapters.evidence(), metrics);
    if (watch.isOn()) {
      watch.looks.begin(every);
    }
    return watch;
  }

  private boolean isOn() {
    return !every.isZero() && !sites.isEmpty();
  }

  /** For the log. */
  @Override
  public String toString() {
    return isOn()
        ? "evidence read for the metrics every " + every.toSeconds() + " s"
        : "evidence not read for the metrics";
  }

  private void look(ClusterName name) {
    Optional<ObserveEvidence> look;
    try {
      look = asked(files.read(name));
    } catch (RuntimeException unreadable) {
      metrics.watches(name);
      throw unreadable;
    }
    look.ifPresent(
        asked -> {
          metrics.watches(name);
          metrics.saw(name, evidence.observeEvidence(asked));
        });
  }

  /** Nothing, if none of its sites is this worker's. */
  private Optional<ObserveEvidence> asked(Cluster cluster) {
    return sites.stream()
        .filter(site -> cluster.sites().stream().anyMatch(s -> s.name().equals(site)))
        .findFirst()
        .map(site -> asked(cluster, site));
  }

  private static ObserveEvidence asked(Cluster cluster, SiteName site) {
    return new ObserveEvidence(
        new Call(cluster.name(), "evidence-watch", "LOOK", 0, Epoch.NONE),
        cluster.policies().evidence().at(site),
        cluster.consumers(),
        RECEIPTS,
        0,
        RunsOf.all(cluster));
  }

  @Override
  public void close() {
    looks.end(Duration.ZERO);
  }
}
