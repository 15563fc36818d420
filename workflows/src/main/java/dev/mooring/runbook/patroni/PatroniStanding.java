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
 * Whether Patroni and Mooring's authority agree: what Patroni says, and what the hosts of its
 * members show.
 *
 * @param patroni as the publishing site's worker was answered
 * @param hosts what they say of who may write, as far as they were seen
 */
public record PatroniStanding(Observed<PatroniObserved> patroni, List<InstanceRole> hosts) {
  /** A member that waits for a store that is silent says so after more than a look's time. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(9);

  public PatroniStanding {
    hosts = List.copyOf(hosts);
  }

  /** Begins to look, where Patroni runs the members; waits when it is asked for. */
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

  /** What a member's host shows, if it was seen. */
  public Optional<InstanceRole> host(InstanceId instance) {
    return hosts.stream().filter(role -> role.instance().equals(instance)).findFirst();
  }

  /** What Patroni calls on a member's host, if that was seen. */
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
   * Whom Patroni let lead with no run of Mooring's: its host's authority does not name it, or that
   * of another host names its own instance under a later epoch. Empty where that host was not seen.
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

  /** What the hosts say of {@link #unknown}, one sentence. */
  public String inWords(InstanceId leads) {
    List<String> named =
        hosts.stream()
            .filter(PatroniStanding::names)
            .map(role -> role.instance() + " since epoch " + role.authority().epoch())
            .toList();
    return String.format(
        "Patroni's leader is %s%s, and Mooring's authority names %s",
        leads,
        promoted(leads).map(told -> " (by " + told.action() + " of " + told.at() + ")").orElse(""),
        named.isEmpty() ? "no instance yet" : String.join(", ", named));
  }

  private Optional<RoleReported> promoted(InstanceId leads) {
    return hooks(leads).stream()
        .flatMap(hooks -> hooks.last().stream())
        .filter(told -> List.of("master", "primary").contains(told.role()))
        .reduce((earlier, later) -> later);
  }

  /** Members whose hosts keep Patroni from promoting them. */
  public List<InstanceRole> kept() {
    return hosts.stream().filter(PatroniStanding::isKept).toList();
  }

  /** If no instance is named, what Patroni asks there lets no member be promoted. */
  private static boolean isKept(InstanceRole role) {
    boolean asks = role.hooks().stream().anyMatch(PatroniHooks::installed);
    return !PatroniHooks.lets(role.authority(), role.instance())
        || (asks && role.authority().writer().isEmpty());
  }

  /** The instance that a host names, in a sentence. */
  public static String named(Authority authority) {
    if (authority.writer().isEmpty()) {
      return "no instance is named there";
    }
    return authority.writer().equals(Authority.NOBODY)
        ? "no instance may write there, since epoch " + authority.epoch()
        : authority.writer() + " may write there, since epoch " + authority.epoch();
  }
}
