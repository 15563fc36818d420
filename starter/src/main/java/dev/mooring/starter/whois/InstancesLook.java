package dev.mooring.starter.whois;

import dev.mooring.activities.host.Attempt;
import dev.mooring.activities.host.HostDeadlines;
import dev.mooring.activities.host.Hosts;
import dev.mooring.activities.host.Secrets;
import dev.mooring.activities.instance.HostInstanceActivities;
import dev.mooring.activities.jdbc.JdbcDatabaseActivities;
import dev.mooring.activities.jdbc.JdbcReplicationActivities;
import dev.mooring.activities.role.HostFailoverActivities;
import dev.mooring.activities.role.HostRoleActivities;
import dev.mooring.activities.s3.S3Clients;
import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.FailoverActivities.ObserveWal;
import dev.mooring.port.FailoverActivities.WalHeld;
import dev.mooring.port.FailoverActivities.WalObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceActivities.HostObserved;
import dev.mooring.port.InstanceActivities.ObserveInstances;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.status.InstanceFacts;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Reads every instance of a cluster, on its host and over SQL, all at once. */
public final class InstancesLook {
  private final Cluster cluster;
  private final WhoisLook looking;
  private final HostInstanceActivities instances;
  private final HostRoleActivities roles;
  private final JdbcDatabaseActivities databases;
  private final JdbcReplicationActivities replication;
  private final FailoverActivities failovers;
  private final Call call;

  /**
   * Reads every instance from its host and its server alone, for no longer than that.
   *
   * @param environment where secret references are looked up
   */
  public static Seen at(Cluster cluster, Map<String, String> environment, Duration within) {
    Function<String, Optional<String>> variables =
        name -> Optional.ofNullable(environment.get(name));
    Path home = Path.of(environment.getOrDefault("HOME", "/"));
    try (Hosts hosts = new Hosts(within);
        JdbcDatabaseActivities databases = new JdbcDatabaseActivities(variables, home);
        JdbcReplicationActivities replication =
            new JdbcReplicationActivities(variables, home, () -> Duration.ZERO);
        WhoisLook looking = new WhoisLook(within)) {
      return new InstancesLook(cluster, looking, hosts, databases, replication, within, variables)
          .begin()
          .get();
    }
  }

  /**
   * The observations.
   *
   * @param roles the hosts' records of the right to write, for a cluster that streams; those that
   *     were read
   * @param streaming the members' reports over SQL, if they answered
   * @param held where the WAL in the pg_wal of members ends, for those that were read
   * @param unread why the pg_wal of others was not, on hosts that answered
   */
  public record Seen(
      List<InstanceFacts> instances,
      List<InstanceRole> roles,
      List<MemberObserved> streaming,
      List<WalHeld> held,
      List<InstanceFailure> unread) {
    public Seen {
      instances = List.copyOf(instances);
      roles = List.copyOf(roles);
      streaming = List.copyOf(streaming);
      held = List.copyOf(held);
      unread = List.copyOf(unread);
    }
  }

  private InstancesLook(
      Cluster cluster,
      WhoisLook looking,
      Hosts hosts,
      JdbcDatabaseActivities databases,
      JdbcReplicationActivities replication,
      Duration deadline,
      Function<String, Optional<String>> variables) {
    this.cluster = cluster;
    this.looking = looking;
    HostDeadlines deadlines = new HostDeadlines(deadline, deadline, Duration.ZERO);
    Attempt only = new ObserveOnly();
    this.instances =
        new HostInstanceActivities(hosts, deadlines, only, new S3Clients(name -> Optional.empty()));
    this.roles = new HostRoleActivities(hosts, deadlines, only, new Secrets(variables));
    this.failovers = new HostFailoverActivities(hosts, deadlines, only);
    this.databases = databases;
    this.replication = replication;
    this.call = new Call(cluster.name(), "mooring", "LOOK", 0, Epoch.NONE);
  }

  /** Begins to read; the answer waits to the deadline. */
  private Supplier<Seen> begin() {
    Map<SiteName, Map<HostName, Supplier<Observed<HostObserved>>>> hosts = new TreeMap<>();
    for (Site site : cluster.sites()) {
      Map<HostName, Supplier<Observed<HostObserved>>> here = new TreeMap<>();
      for (HostWork work : WorkLists.byHost(cluster, cluster.instancesAt(site.name()))) {
        here.put(work.host().name(), host(site, work));
      }
      hosts.put(site.name(), here);
    }
    List<Supplier<Observed<RolesObserved>>> said =
        WorkLists.byHost(cluster, cluster.members()).stream().map(this::authority).toList();
    List<Supplier<Observed<WalObserved>>> held =
        WorkLists.byHost(cluster, cluster.members()).stream().map(this::heldWal).toList();
    List<Supplier<Observed<ReplicationObserved>>> streaming =
        cluster.members().stream().map(this::streaming).toList();
    List<Supplier<InstanceFacts>> facts = new ArrayList<>();
    for (Instance instance : cluster.instances()) {
      Supplier<Observed<ServersObserved>> server = server(instance);
      Supplier<Observed<HostObserved>> host =
          Objects.requireNonNull(
              Objects.requireNonNull(hosts.get(instance.site())).get(instance.host()));
      facts.add(() -> InstanceFacts.of(instance, host.get(), server.get()));
    }
    return () ->
        new Seen(
            facts.stream().map(Supplier::get).toList(),
            seen(said).flatMap(host -> host.roles().stream()).toList(),
            seen(streaming).flatMap(member -> member.members().stream()).toList(),
            seen(held).flatMap(host -> host.held().stream()).toList(),
            seen(held).flatMap(host -> host.failures().stream()).toList());
  }

  private static <T> Stream<T> seen(List<Supplier<Observed<T>>> looks) {
    return looks.stream().flatMap(look -> look.get().seen().stream());
  }

  /** The right to write there; a silent host is reported by its rows already. */
  private Supplier<Observed<RolesObserved>> authority(HostWork work) {
    return looking.at(
        "host " + work.host().name(),
        FailureCode.HOST_UNREACHABLE,
        () -> roles.observeRoles(new ObserveRoles(call, work)));
  }

  /** A silent host is reported by its rows already. */
  private Supplier<Observed<WalObserved>> heldWal(HostWork work) {
    return looking.at(
        "host " + work.host().name(),
        FailureCode.HOST_UNREACHABLE,
        () -> failovers.observeWal(new ObserveWal(call, work)));
  }

  /** If a server is silent, or hides it from this role, the rows have it from elsewhere. */
  private Supplier<Observed<ReplicationObserved>> streaming(Instance member) {
    return looking.at(
        member.id() + " over SQL",
        FailureCode.DATABASE_UNREACHABLE,
        () ->
            replication.observeReplication(
                new OnServers(
                    call,
                    cluster.policies().database(),
                    WorkLists.servers(cluster, List.of(member)))));
  }

  /** The instances of one site on a host: another site's restore from another archive. */
  private Supplier<Observed<HostObserved>> host(Site site, HostWork work) {
    return looking.at(
        "host " + work.host().name(),
        FailureCode.HOST_UNREACHABLE,
        () ->
            instances.observeInstances(
                new ObserveInstances(call, work, site.archive(), Duration.ZERO)));
  }

  private Supplier<Observed<ServersObserved>> server(Instance instance) {
    OnServers request =
        new OnServers(
            call, cluster.policies().database(), WorkLists.servers(cluster, List.of(instance)));
    return looking.at(
        instance.id() + " over SQL",
        FailureCode.DATABASE_UNREACHABLE,
        () -> databases.observeServers(request));
  }

  /** A reader claims nothing on a host. */
  private static final class ObserveOnly implements Attempt {
    @Override
    public long number() {
      return 0;
    }

    @Override
    public void report(Object details) {
      // no activity is there to report for
    }
  }
}
