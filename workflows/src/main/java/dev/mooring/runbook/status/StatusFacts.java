package dev.mooring.runbook.status;

import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.LastRuns;
import dev.mooring.port.EvidenceActivities.ReceiptSeen;
import dev.mooring.port.EvidenceActivities.SiteSeen;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * All that status looks at.
 *
 * @param now by workflow time
 * @param sites the evidence store as each site sees it, the publishing one first
 * @param instances every instance of the cluster file
 * @param service Temporal
 * @param catalogue what the coordinators of a Greenplum say, and why one does not; empty for
 *     another kind
 * @param streaming the members of a cluster that streams; nothing of another kind
 */
record StatusFacts(
    Cluster cluster,
    Instant now,
    List<ObservedSite> sites,
    List<InstanceFacts> instances,
    Observed<ServiceObserved> service,
    Optional<CatalogueObserved> catalogue,
    Streaming streaming) {
  StatusFacts {
    sites = List.copyOf(sites);
    instances = List.copyOf(instances);
  }

  /** Of a cluster that does not stream. */
  StatusFacts(
      Cluster cluster,
      Instant now,
      List<ObservedSite> sites,
      List<InstanceFacts> instances,
      Observed<ServiceObserved> service,
      Optional<CatalogueObserved> catalogue) {
    this(cluster, now, sites, instances, service, catalogue, Streaming.NONE);
  }

  /**
   * The members of a cluster that streams, and what stands around them.
   *
   * @param members how they say that they stream
   * @param patroni what Patroni says, and what its hosts show, where it runs the members
   * @param endpoints where clients are led, where the cluster file has any
   * @param roles who may write by the hosts of members that Patroni does not run
   * @param rehearsals when the fences of members were rehearsed, by the hosts that were seen
   * @param monitoring the watch, which also keeps the pause of a cluster that it does not watch
   */
  record Streaming(
      List<ObservedMember> members,
      Optional<PatroniStanding> patroni,
      Optional<EndpointsObserved> endpoints,
      List<InstanceRole> roles,
      List<RehearsalsObserved> rehearsals,
      Optional<Observed<Monitoring>> monitoring) {
    static final Streaming NONE =
        new Streaming(
            List.of(), Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.empty());

    Streaming {
      members = List.copyOf(members);
      roles = List.copyOf(roles);
      rehearsals = List.copyOf(rehearsals);
    }
  }

  /**
   * A member of a cluster that streams.
   *
   * @param seen how it says itself that it does
   * @param held the end of the WAL in its pg_wal, where that was read
   */
  record ObservedMember(
      Instance instance, Observed<MemberObserved> seen, Optional<WalPosition> held) {}

  /** The evidence store as one site sees it. */
  record ObservedSite(SiteName site, Observed<EvidenceObserved> evidence) {}

  /**
   * The evidence: each site's state as that site itself reads it, the rest as the first site that
   * could read it, with the receipts of those sites that keep their own.
   */
  Observed<EvidenceObserved> evidence() {
    Optional<EvidenceObserved> first =
        sites.stream().flatMap(site -> site.evidence().seen().stream()).findFirst();
    if (first.isEmpty()) {
      return sites.get(0).evidence();
    }
    List<SiteSeen> states = new ArrayList<>();
    for (SiteSeen there : first.get().sites()) {
      states.add(
          sites.stream()
              .filter(site -> site.site().equals(there.site()))
              .flatMap(site -> site.evidence().seen().stream())
              .flatMap(own -> own.sites().stream())
              .filter(own -> own.site().equals(there.site()))
              .findFirst()
              .orElse(there));
    }
    EvidenceObserved seen = first.get();
    return new Observed.Seen<>(
        new EvidenceObserved(
            seen.latest(),
            seen.newest(),
            seen.reasons(),
            states,
            with(seen, EvidenceObserved::receipts),
            new LastRuns(
                with(seen, one -> one.lastRuns().found()),
                seen.lastRuns().unfound(),
                seen.lastRuns().searched())));
  }

  private List<ReceiptSeen> with(
      EvidenceObserved seen, Function<EvidenceObserved, List<ReceiptSeen>> receipts) {
    List<ReceiptSeen> all = new ArrayList<>(receipts.apply(seen));
    for (EvidencePolicy.Reader reader : cluster.policies().evidence().readers()) {
      sites.stream()
          .filter(site -> site.site().equals(reader.site()))
          .flatMap(site -> site.evidence().seen().stream())
          .filter(own -> !own.equals(seen))
          .flatMap(own -> receipts.apply(own).stream())
          .map(one -> new ReceiptSeen(reader.site() + ":" + one.path(), one.read(), one.text()))
          .forEach(all::add);
    }
    return all;
  }

  /** Whether no worker of a site took what it was asked. */
  boolean isUnserved(SiteName site) {
    return sites.stream()
        .filter(one -> one.site().equals(site))
        .anyMatch(one -> one.evidence() instanceof Observed.Unseen<?> u && isNoWorker(u));
  }

  static boolean isNoWorker(Observed.Unseen<?> unseen) {
    return unseen.code() == FailureCode.NO_WORKER;
  }
}
