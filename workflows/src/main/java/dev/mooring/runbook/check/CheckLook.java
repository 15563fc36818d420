package dev.mooring.runbook.check;

import dev.mooring.port.AccessActivities;
import dev.mooring.port.AccessActivities.AdmissionObserved;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.ClusterActivities;
import dev.mooring.port.ClusterActivities.ClusterFileObserved;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.RightsObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.StoreProved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceActivities.ArchivingObserved;
import dev.mooring.port.InstanceActivities.FitnessObserved;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.check.CheckFacts.AtSite;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.check.CheckFacts.OneStore;
import dev.mooring.runbook.check.CheckFacts.OverSql;
import dev.mooring.runbook.failover.WitnessMachines;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.runbook.publish.CatalogueCheck;
import dev.mooring.runbook.publish.MirrorsLook;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterKind;
import dev.mooring.topology.EvidencePolicy;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The observations of one ClusterCheck, all begun before the first is waited for; only the archive
 * is read once it is known what should be there.
 */
final class CheckLook {
  /** A check runs before trouble, not in it: first connections may take their time. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(10);

  private static final String APPLICATION = "mooring-check";

  private final Cluster cluster;
  private final Call call;
  private final Observations looks = new Observations(ANSWERED_WITHIN);

  CheckLook(Cluster cluster, Call call) {
    this.cluster = cluster;
    this.call = call;
  }

  CheckFacts facts() {
    SiteName publisher = cluster.policies().publish().site();
    List<Supplier<AtSite>> sites = new ArrayList<>();
    cluster.sites().stream().filter(s -> s.name().equals(publisher)).forEach(s -> begin(s, sites));
    cluster.sites().stream().filter(s -> !s.name().equals(publisher)).forEach(s -> begin(s, sites));
    Optional<Supplier<PatroniStanding>> patroni = PatroniStanding.begin(looks, cluster, call);
    Optional<Supplier<WitnessMachines>> witnesses =
        cluster.streaming().map(streams -> new WitnessLook(cluster, call, looks).begin());
    Optional<Promise<EndpointsObserved>> endpoints =
        cluster.streaming().map(streams -> Endpoints.begin(cluster, call, ANSWERED_WITHIN));
    List<AtSite> seen = sites.stream().map(Supplier::get).toList();
    return new CheckFacts(
        cluster,
        seen,
        patroni.map(Supplier::get),
        witnesses.map(Supplier::get),
        cluster.streaming().flatMap(streams -> LastArchived.look(looks, cluster, call, seen)),
        endpoints.map(Promise::get).orElse(new EndpointsObserved(List.of(), List.of())));
  }

  private void begin(Site site, List<Supplier<AtSite>> sites) {
    Promise<Observed<ClusterFileObserved>> file =
        looks.begin(
            at(site, "the cluster file", FailureCode.CLUSTER_FILE),
            ClusterActivities.class,
            port -> port::observeClusterFile,
            new ClusterActivities.ObserveClusterFile(cluster.name(), site.name()));
    EvidencePolicy policy = cluster.policies().evidence().at(site.name());
    Promise<Observed<EvidenceObserved>> evidence =
        looks.begin(
            at(site, "the evidence store", FailureCode.EVIDENCE_UNREADABLE),
            EvidenceActivities.class,
            port -> port::observeEvidence,
            new EvidenceActivities.ObserveEvidence(call, policy, List.of(), 0, 0, List.of()));
    List<Supplier<OneStore>> stores = stores(site, policy);
    Optional<Promise<Observed<CatalogueObserved>>> catalogue = catalogue(site);
    List<Supplier<OnHost>> hosts = new ArrayList<>();
    for (HostWork work : WorkLists.byHost(cluster, cluster.instancesAt(site.name()))) {
      hosts.add(begin(site, work));
    }
    sites.add(
        () ->
            new AtSite(
                site.name(),
                file.get(),
                evidence.get(),
                stores.stream().map(Supplier::get).toList(),
                catalogue.map(Promise::get),
                hosts.stream().map(Supplier::get).toList()));
  }

  /** Each store is proved separately. */
  private List<Supplier<OneStore>> stores(Site site, EvidencePolicy policy) {
    List<Supplier<OneStore>> stores = new ArrayList<>();
    for (EvidencePolicy one : policy.oneByOne()) {
      String place = one.store().place();
      Promise<Observed<StoreProved>> proved =
          looks.begin(
              at(site, "the evidence store " + place, FailureCode.EVIDENCE_UNREADABLE),
              EvidenceActivities.class,
              port -> port::ensureWritable,
              new EvidenceActivities.EnsureWritable(call, one, cluster.name()));
      stores.add(() -> new OneStore(place, proved.get()));
    }
    return stores;
  }

  private boolean publishesGreenplum(Site site) {
    return cluster.kind() == ClusterKind.GREENPLUM
        && site.name().equals(cluster.policies().publish().site());
  }

  private Optional<Promise<Observed<ArchivingObserved>>> archiving(Site site, HostWork work) {
    return publishesGreenplum(site)
        ? Optional.of(MirrorsLook.begin(looks, call, work))
        : Optional.empty();
  }

  /** Both coordinators are asked; the active one answers. */
  private Optional<Promise<Observed<CatalogueObserved>>> catalogue(Site site) {
    if (!publishesGreenplum(site)) {
      return Optional.empty();
    }
    return Optional.of(
        looks.begin(
            at(site, "the coordinator", FailureCode.DATABASE_UNREACHABLE),
            DatabaseActivities.class,
            port -> port::observeCatalogue,
            new OnServers(
                call,
                cluster.policies().database(),
                WorkLists.servers(cluster, CatalogueCheck.coordinators(cluster, site.name())))));
  }

  private Supplier<OnHost> begin(Site site, HostWork work) {
    String name = "host " + work.host().name();
    OnServers ask =
        new OnServers(
            call, cluster.policies().database(), WorkLists.servers(cluster, work.instances()));
    Promise<Observed<HostObserved>> host =
        looks.begin(
            at(site, name, FailureCode.HOST_UNREACHABLE),
            InstanceActivities.class,
            port -> port::observeInstances,
            new InstanceActivities.ObserveInstances(call, work, site.archive(), Duration.ZERO));
    Promise<Observed<FitnessObserved>> fitness = fitness(site, work);
    Optional<Promise<Observed<ArchivingObserved>>> archiving = archiving(site, work);
    Promise<Observed<ServersObserved>> servers =
        looks.begin(
            Observations.At.on(work, "the servers of", FailureCode.DATABASE_UNREACHABLE),
            DatabaseActivities.class,
            port -> port::observeServers,
            ask);
    Promise<Observed<RightsObserved>> rights =
        looks.begin(
            Observations.At.on(work, "the servers of", FailureCode.DATABASE_UNREACHABLE),
            DatabaseActivities.class,
            port -> port::observeRights,
            ask);
    Optional<Promise<Observed<RehearsalsObserved>>> rehearsals =
        new Rehearsing(cluster, call).last(looks, work);
    Optional<Promise<Observed<ReplicationObserved>>> replication = replication(work);
    Optional<Promise<Observed<AdmissionObserved>>> admission = admission(work);
    return () ->
        new OnHost(
            work,
            host.get(),
            fitness.get(),
            archiving.map(Promise::get),
            new OverSql(servers.get(), rights.get(), replication.map(Promise::get)),
            rehearsals.map(Promise::get),
            admission.map(Promise::get));
  }

  /** Under a name of its own: a connection with a standby's name would count as that standby. */
  private Optional<Promise<Observed<AdmissionObserved>>> admission(HostWork work) {
    List<Instance> standbys = AdmissionRows.standbys(cluster, work.instances());
    if (standbys.isEmpty()) {
      return Optional.empty();
    }
    MemberActs acts = new MemberActs(cluster);
    return Optional.of(
        looks.begin(
            Observations.At.on(work, "host", FailureCode.HOST_UNREACHABLE),
            AccessActivities.class,
            port -> port::observeAdmission,
            new AccessActivities.ObserveAdmission(
                call,
                new HostWork(work.host(), standbys),
                cluster.members().stream().map(to -> acts.upstream(to, APPLICATION, "")).toList(),
                cluster.policies().database().database())));
  }

  private Optional<Promise<Observed<ReplicationObserved>>> replication(HostWork work) {
    List<Instance> members = work.instances().stream().filter(cluster.members()::contains).toList();
    return members.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new MemberObservations(cluster)
                .look(
                    looks,
                    Observations.At.on(
                        work, "the replication of", FailureCode.DATABASE_UNREACHABLE),
                    call,
                    members));
  }

  private Promise<Observed<FitnessObserved>> fitness(Site site, HostWork work) {
    return looks.begin(
        Observations.At.on(work, "host", FailureCode.HOST_UNREACHABLE),
        InstanceActivities.class,
        port -> port::observeFitness,
        new InstanceActivities.ObserveFitness(call, work, site.archive()));
  }

  private static Observations.At at(Site site, String what, FailureCode ifSilent) {
    return new Observations.At(what, ActivityPolicies.queueOf(site.name()), ifSilent);
  }
}
