package dev.mooring.runbook.patroni;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.port.HostWork;
import dev.mooring.port.PatroniActivities;
import dev.mooring.port.PatroniActivities.AskPatroni;
import dev.mooring.port.PatroniActivities.PatroniObserved;
import dev.mooring.port.PatroniHooks;
import dev.mooring.port.PatroniHooks.RoleReported;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether Patroni and Mooring's authority files agree.
 *
 * @param patroni Patroni's answer to the worker of the publishing site
 * @param hosts the roles on the members' hosts, as far as they were read
 */
public record PatroniStanding(Observed<PatroniObserved> patroni, List<InstanceRole> hosts) {
  /** A member that waits for a silent store answers later than other members. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(9);

  public PatroniStanding {
    hosts = List.copyOf(hosts);
  }

  /** Begins to observe, if Patroni manages the members; the supplier waits for the answers. */
  public static Optional<Supplier<PatroniStanding>> begin(
      Observations looks, Cluster cluster, Call call) {
    return cluster
        .patroni()
        .map(
            policy -> {
              SiteName first = cluster.policies().publish().site();
              Promise<Observed<PatroniObserved>> asked =
                  new Observations(ANSWERED_WITHIN)
                      .begin(
                          new Observations.At(
                              "Patroni",
                              ActivityPolicies.queueOf(first),
                              FailureCode.PATRONI_UNREACHABLE),
                          PatroniActivities.class,
                          port -> port::observePatroni,
                          new AskPatroni(call, policy));
              List<Promise<Observed<RolesObserved>>> hosts = hosts(looks, cluster, call);
              return () -> new PatroniStanding(asked.get(), roles(hosts));
            });
  }

  private static List<Promise<Observed<RolesObserved>>> hosts(
      Observations looks, Cluster cluster, Call call) {
    List<Promise<Observed<RolesObserved>>> hosts = new ArrayList<>();
    for (Site site : cluster.sites()) {
      for (HostWork work : WorkLists.byHost(cluster, cluster.membersAt(site.name()))) {
        hosts.add(
            looks.begin(
                Observations.At.on(work, "who may write on", FailureCode.HOST_UNREACHABLE),
                RoleActivities.class,
                port -> port::observeRoles,
                new ObserveRoles(call, work)));
      }
    }
    return hosts;
  }

  private static List<InstanceRole> roles(List<Promise<Observed<RolesObserved>>> hosts) {
    return hosts.stream()
        .flatMap(host -> host.get().seen().stream())
        .flatMap(host -> host.roles().stream())
        .toList();
  }

  /** The role on a member's host, if it was read. */
  public Optional<InstanceRole> host(InstanceId instance) {
    return hosts.stream().filter(role -> role.instance().equals(instance)).findFirst();
  }

  /** The Patroni hooks on a member's host, if they were read. */
  public Optional<PatroniHooks> hooks(InstanceId instance) {
    return host(instance).flatMap(role -> role.hooks().stream().findFirst());
  }

  /** The leader, if exactly one member says that it is the leader. */
  public Optional<InstanceId> leader() {
    return patroni
        .seen()
        .map(PatroniObserved::leaders)
        .filter(leaders -> leaders.size() == 1)
        .map(leaders -> leaders.get(0));
  }

  /**
   * The leader, if Patroni promoted it without a run of Mooring: the authority file of its host
   * does not name it, or another host names its own instance in a later epoch. Empty if the
   * leader's host was not read.
   */
  public Optional<InstanceId> unknown() {
    return leader()
        .filter(
            leads ->
                host(leads)
                    .filter(role -> !names(role) || overtaken(role.authority().epoch()))
                    .isPresent());
  }

  private boolean overtaken(long epoch) {
    return hosts.stream().anyMatch(role -> names(role) && role.authority().epoch() > epoch);
  }

  private static boolean names(InstanceRole role) {
    return role.authority().writer().equals(role.instance().value());
  }

  /** The difference that {@link #unknown} found, one sentence. */
  public String inWords(InstanceId leads) {
    List<String> named =
        hosts.stream()
            .filter(PatroniStanding::names)
            .map(role -> role.instance() + " since epoch " + role.authority().epoch())
            .toList();
    return String.format(
        "Patroni's leader is %s%s, and Mooring's authority names %s",
        leads,
        promoted(leads)
            .map(reported -> " (by " + reported.action() + " of " + reported.at() + ")")
            .orElse(""),
        named.isEmpty() ? "no instance yet" : String.join(", ", named));
  }

  private Optional<RoleReported> promoted(InstanceId leads) {
    return hooks(leads).stream()
        .flatMap(hooks -> hooks.last().stream())
        .filter(reported -> List.of("master", "primary").contains(reported.role()))
        .reduce((earlier, later) -> later);
  }

  /** Members that their hosts don't allow Patroni to promote. */
  public List<InstanceRole> kept() {
    return hosts.stream().filter(PatroniStanding::isKept).toList();
  }

  /** If an authority file names no instance, the hook on that host allows no promotion. */
  private static boolean isKept(InstanceRole role) {
    boolean asks = role.hooks().stream().anyMatch(PatroniHooks::installed);
    return !PatroniHooks.lets(role.authority(), role.instance())
        || (asks && role.authority().writer().isEmpty());
  }

  /** The instance that an authority file names, as part of a sentence. */
  public static String named(Authority authority) {
    if (authority.writer().isEmpty()) {
      return "no instance is named there";
    }
    return authority.writer().equals(Authority.NOBODY)
        ? "no instance may write there, since epoch " + authority.epoch()
        : authority.writer() + " may write there, since epoch " + authority.epoch();
  }
}
