package dev.mooring.runbook.status;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Catalogue;
import dev.mooring.port.DatabaseActivities.CatalogueObserved;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.EvidenceActivities;
import dev.mooring.port.EvidenceActivities.EvidenceObserved;
import dev.mooring.port.EvidenceActivities.ObserveEvidence;
import dev.mooring.port.EvidenceActivities.RunsOf;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.FailoverActivities.ObserveWal;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailoverActivities.WalObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RehearsalActivities.RehearsalsObserved;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.ObserveService;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.check.Rehearsing;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.patroni.PatroniStanding;
import dev.mooring.runbook.publish.CatalogueCheck;
import dev.mooring.runbook.status.StatusFacts.ObservedMember;
import dev.mooring.runbook.status.StatusFacts.ObservedSite;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterKind;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The observations of one ClusterStatus: hosts, servers, the evidence of each site, Temporal. */
final class StatusLook {
  /** Among this many receipts an altered one is noticed, of any run. */
  private static final int RECEIPTS_READ_ANYWAY = 10;

  /** A dead host must not delay the operator who asks because of it. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(3);

  private final Cluster cluster;
  private final Call call;
  private final Observations looks = new Observations(ANSWERED_WITHIN);

  StatusLook(Cluster cluster, Call call) {
    this.cluster = cluster;
    this.call = call;
  }

  private record OnHost(
      HostWork work,
      Promise<Observed<HostObserved>> host,
      Promise<Observed<ServersObserved>> servers) {}

  private record OfMembers(
      List<Instance> members,
      Promise<Observed<ReplicationObserved>> look,
      Promise<Observed<WalObserved>> wal) {}

  private record AtSite(SiteName site, Promise<Observed<EvidenceObserved>> evidence) {}

  private record OfCoordinator(Instance instance, Promise<Observed<CatalogueObserved>> catalogue) {}

  /** Begins all observations, then waits for them. */
  StatusFacts facts(StatusRequest request) {
    Promise<Observed<ServiceObserved>> service = service();
    Promise<Observed<Monitoring>> monitoring = MonitoringLook.begin(looks, cluster.name());
    Optional<List<OfCoordinator>> coordinators = coordinators();
    List<AtSite> sites = new ArrayList<>();
    publisherFirst().forEach(site -> sites.add(new AtSite(site, evidence(site, request))));
    List<OfMembers> streaming = streaming();
    Optional<Supplier<PatroniStanding>> patroni = PatroniStanding.begin(looks, cluster, call);
    Optional<Promise<EndpointsObserved>> endpoints = endpoints();
    List<Promise<Observed<RolesObserved>>> roles = roles();
    List<Promise<Observed<RehearsalsObserved>>> rehearsals = rehearsals();
    List<OnHost> hosts = new ArrayList<>();
    for (Site site : cluster.sites()) {
      for (HostWork work : WorkLists.byHost(cluster, cluster.instancesAt(site.name()))) {
        hosts.add(new OnHost(work, host(site, work), servers(work)));
      }
    }
    List<InstanceFacts> instances = instances(hosts);
    List<ObservedSite> evidence =
        sites.stream().map(at -> new ObservedSite(at.site(), at.evidence().get())).toList();
    return new StatusFacts(
        cluster,
        RunbookRun.now(),
        evidence,
        instances,
        service.get(),
        coordinators.map(StatusLook::catalogue),
        new StatusFacts.Streaming(
            streaming.stream().flatMap(StatusLook::members).toList(),
            patroni.map(Supplier::get),
            endpoints.map(Promise::get),
            roles.stream()
                .flatMap(look -> look.get().seen().stream())
                .flatMap(seen -> seen.roles().stream())
                .toList(),
            rehearsals.stream().flatMap(look -> look.get().seen().stream()).toList(),
            Optional.of(monitoring.get())));
  }

  private Optional<Promise<EndpointsObserved>> endpoints() {
    return cluster
        .streaming()
        .filter(streams -> !streams.endpoints().isEmpty())
        .map(streams -> Endpoints.begin(cluster, call, ANSWERED_WITHIN));
  }

  /** In the order of the cluster file. */
  private List<InstanceFacts> instances(List<OnHost> hosts) {
    List<InstanceFacts> instances = new ArrayList<>();
    for (OnHost on : hosts) {
      Observed<HostObserved> host = on.host().get();
      Observed<ServersObserved> servers = on.servers().get();
      on.work().instances().forEach(i -> instances.add(InstanceFacts.of(i, host, servers)));
    }
    List<Instance> order = cluster.instances();
    instances.sort(Comparator.comparingInt(one -> order.indexOf(one.instance())));
    return instances;
  }

  /** Begins to read the hosts' authority files, unless Patroni decides who may write. */
  private List<Promise<Observed<RolesObserved>>> roles() {
    return DrivenFromOutside.is(cluster)
        ? List.of()
        : WorkLists.byHost(cluster, cluster.members()).stream().map(this::roles).toList();
  }

  private Promise<Observed<RolesObserved>> roles(HostWork work) {
    return looks.begin(
        Observations.At.on(work, "who may write on", FailureCode.HOST_UNREACHABLE),
        RoleActivities.class,
        port -> port::observeRoles,
        new ObserveRoles(call, work));
  }

  /** Begins to read the members' last rehearsals; a silent host has its own finding. */
  private List<Promise<Observed<RehearsalsObserved>>> rehearsals() {
    Rehearsing rehearsing = new Rehearsing(cluster, call);
    return WorkLists.byHost(cluster, cluster.members()).stream()
        .flatMap(work -> rehearsing.last(looks, work).stream())
        .toList();
  }

  /** Begins to observe the members of a streaming cluster, one activity for each host. */
  private List<OfMembers> streaming() {
    return WorkLists.byHost(cluster, cluster.members()).stream()
        .map(work -> new OfMembers(work.instances(), replication(work), wal(work)))
        .toList();
  }

  private Promise<Observed<ReplicationObserved>> replication(HostWork work) {
    return new MemberObservations(cluster)
        .look(
            looks,
            Observations.At.on(work, "the replication of", FailureCode.DATABASE_UNREACHABLE),
            call,
            work.instances());
  }

  /** Begins to read where the WAL of members ends, for members that answer no SQL. */
  private Promise<Observed<WalObserved>> wal(HostWork work) {
    return looks.begin(
        Observations.At.on(work, "the WAL on", FailureCode.HOST_UNREACHABLE),
        FailoverActivities.class,
        port -> port::observeWal,
        new ObserveWal(call, work));
  }

  private static Stream<ObservedMember> members(OfMembers of) {
    Observed<ReplicationObserved> seen = of.look().get();
    List<WalHeld> held = of.wal().get().seen().map(WalObserved::held).orElse(List.of());
    return of.members().stream()
        .map(
            member ->
                new ObservedMember(
                    member,
                    seen.match(all -> member(member, all), Observed.Unseen::ofPart),
                    WalHeld.endOf(member.id(), held)));
  }

  private static Observed<MemberObserved> member(Instance member, ReplicationObserved all) {
    return all.members().stream()
        .filter(one -> one.instance().equals(member.id()))
        .findFirst()
        .<Observed<MemberObserved>>map(Observed.Seen::new)
        .orElseGet(() -> InstanceFacts.failed(member, all.failures()));
  }

  /**
   * Begins to ask a Greenplum's coordinators separately: a standby coordinator may hang while
   * connecting, and must not delay the other's answer.
   */
  private Optional<List<OfCoordinator>> coordinators() {
    if (cluster.kind() != ClusterKind.GREENPLUM) {
      return Optional.empty();
    }
    SiteName publisher = cluster.policies().publish().site();
    return Optional.of(
        CatalogueCheck.coordinators(cluster, publisher).stream()
            .map(one -> new OfCoordinator(one, catalogue(publisher, one)))
            .toList());
  }

  private Promise<Observed<CatalogueObserved>> catalogue(SiteName site, Instance coordinator) {
    return looks.begin(
        new Observations.At(
            "coordinator " + coordinator.id(),
            ActivityPolicies.queueOf(site),
            FailureCode.DATABASE_UNREACHABLE),
        DatabaseActivities.class,
        port -> port::observeCatalogue,
        new OnServers(
            call, cluster.policies().database(), WorkLists.servers(cluster, List.of(coordinator))));
  }

  private static CatalogueObserved catalogue(List<OfCoordinator> coordinators) {
    List<Catalogue> observed = new ArrayList<>();
    List<InstanceFailure> failures = new ArrayList<>();
    for (OfCoordinator one : coordinators) {
      CatalogueObserved seen =
          one.catalogue()
              .get()
              .match(
                  answer -> answer,
                  unseen ->
                      new CatalogueObserved(
                          List.of(),
                          List.of(
                              new InstanceFailure(
                                  one.instance().id(), unseen.code(), unseen.why()))));
      observed.addAll(seen.observed());
      failures.addAll(seen.failures());
    }
    return new CatalogueObserved(observed, failures);
  }

  private List<SiteName> publisherFirst() {
    SiteName publisher = cluster.policies().publish().site();
    List<SiteName> sites = new ArrayList<>(List.of(publisher));
    cluster.sites().stream().map(Site::name).filter(s -> !s.equals(publisher)).forEach(sites::add);
    return sites;
  }

  private Promise<Observed<HostObserved>> host(Site site, HostWork work) {
    return looks.begin(
        Observations.At.on(work, "host", FailureCode.HOST_UNREACHABLE),
        InstanceActivities.class,
        port -> port::observeInstances,
        new ObserveInstances(call, work, site.archive(), Duration.ZERO));
  }

  private Promise<Observed<ServersObserved>> servers(HostWork work) {
    return looks.begin(
        Observations.At.on(work, "the servers of", FailureCode.DATABASE_UNREACHABLE),
        DatabaseActivities.class,
        port -> port::observeServers,
        new OnServers(
            call, cluster.policies().database(), WorkLists.servers(cluster, work.instances())));
  }

  private Promise<Observed<EvidenceObserved>> evidence(SiteName site, StatusRequest request) {
    return looks.begin(
        new Observations.At(
            "the evidence store, from " + site + ",",
            ActivityPolicies.queueOf(site),
            FailureCode.EVIDENCE_UNREADABLE),
        EvidenceActivities.class,
        port -> port::observeEvidence,
        new ObserveEvidence(
            call,
            cluster.policies().evidence().at(site),
            cluster.consumers(),
            Math.max(request.receipts(), RECEIPTS_READ_ANYWAY),
            request.documents(),
            Stream.concat(RunsOf.all(cluster).stream(), Stream.of(RunsOf.ANY)).toList(),
            WorkLists.heads(cluster, site)));
  }

  private Promise<Observed<ServiceObserved>> service() {
    List<String> schedules = new ArrayList<>(List.of(Runbook.PUBLISH_CYCLE.id(cluster.name())));
    cluster.consumers().forEach(site -> schedules.add(RunIds.consume(cluster.name(), site)));
    cluster.streaming().ifPresent(policy -> schedules.add(RunIds.watch(cluster.name())));
    return looks.begin(
        new Observations.At("Temporal", ActivityPolicies.SHARED_QUEUE, FailureCode.OUTCOME_UNKNOWN),
        RunActivities.class,
        port -> port::observeService,
        new ObserveService(cluster.name(), schedules));
  }
}
