package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.FailoverReaction;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The incidents for which a watch starts a Failover: no member accepts writes; or, if the cluster
 * file says that it acts, exactly one does, whose failure a run is to await.
 */
final class FailoverIncidents {
  private final Cluster cluster;
  private final MemberSigns signs;
  private final Instant now;

  private FailoverIncidents(Cluster cluster, List<SiteState> sites, Instant now) {
    this.cluster = cluster;
    this.signs = new MemberSigns(cluster, sites);
    this.now = now;
  }

  /** The one that the steady signs show, as one that begins now. */
  static List<Incident> found(Cluster cluster, List<SiteState> sites, Instant now) {
    return new FailoverIncidents(cluster, sites, now).found();
  }

  private List<Incident> found() {
    if (signs.isPrimaryDown()) {
      return List.of(
          Incidents.begun(Reaction.FAILOVER, new InstanceId(cluster.name().value()), now));
    }
    List<Instance> writers = signs.writers();
    return acts() && writers.size() == 1 && !signs.isAnyRoleUnknown()
        ? List.of(Incidents.begun(Reaction.AWAIT_FAILURE, writers.get(0).id(), now))
        : List.of();
  }

  private boolean acts() {
    return cluster
        .streaming()
        .orElseThrow()
        .watch()
        .failsOver()
        .filter(FailoverReaction::acts)
        .isPresent();
  }

  /**
   * The incidents after those signs. That no member accepts writes is over as its diagnosis is;
   * again, it is a new incident, because the new primary may be the one that failed. The reign of a
   * primary is over once another member is the only one that accepts writes.
   *
   * @param found what {@link #found} shows by the same signs
   */
  static List<Incident> after(
      Cluster cluster,
      List<SiteState> sites,
      List<Incident> found,
      List<Incident> before,
      Instant now) {
    FailoverIncidents all = new FailoverIncidents(cluster, sites, now);
    List<Incident> after =
        new ArrayList<>(
            Incidents.after(
                Incidents.of(Reaction.FAILOVER, before),
                Incidents.of(Reaction.FAILOVER, found),
                one -> all.signs.isPrimaryUp(),
                Duration.ZERO,
                now));
    if (all.acts()) {
      List<Incident> reigns = Incidents.of(Reaction.AWAIT_FAILURE, found);
      after.addAll(
          Incidents.after(
              Incidents.of(Reaction.AWAIT_FAILURE, before),
              reigns,
              one -> !reigns.isEmpty(),
              Duration.ZERO,
              now));
    }
    return List.copyOf(after);
  }
}
