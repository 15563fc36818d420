package dev.mooring.runbook.failover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.ConnectionActivities.ConnectionTried;
import dev.mooring.port.ConnectionActivities.Seen;
import dev.mooring.port.ConnectionActivities.TryConnection;
import dev.mooring.port.WitnessActivities;
import dev.mooring.port.WitnessActivities.Answer;
import dev.mooring.port.WitnessActivities.AskHost;
import dev.mooring.port.WitnessActivities.HostAsked;
import dev.mooring.port.WitnessActivities.TryFromHost;
import dev.mooring.port.Witnessed;
import dev.mooring.port.Witnessed.Look;
import dev.mooring.port.Witnessed.OnHost;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.failover.WitnessMachines.At;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostAccess;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks all witnesses of a primary that may be gone in parallel. The worker of each site connects to
 * its database and asks its host; each other host of a member connects too. A worker or host that
 * can't observe is no witness.
 */
final class Witnesses {
  /** An observation takes two seconds at most, and begins one second after the one before began. */
  private static final Duration A_LOOK = Duration.ofSeconds(2);

  /** Time for reaching the host that observes. */
  private static final Duration BESIDE_LOOKS = Duration.ofSeconds(4);

  private final Cluster cluster;
  private final Instance primary;

  Witnesses(Cluster cluster, Instance primary) {
    this.cluster = cluster;
    this.primary = primary;
  }

  /**
   * The observations of all witnesses.
   *
   * @param hostAnswersTo sites whose worker got an answer from its host, in the order of the
   *     cluster file
   * @param machines where the witnesses are
   */
  record Heard(List<Witnessed> witnesses, List<SiteName> hostAnswersTo, WitnessMachines machines) {
    Heard {
      witnesses = List.copyOf(witnesses);
      hostAnswersTo = List.copyOf(hostAnswersTo);
    }

    /** The machines of the witnesses that observed often enough for their silence to count. */
    WitnessMachines lookedOften() {
      return machines.of(
          witnesses.stream().filter(Heard::hasLookedOften).map(Witnessed::witness).toList());
    }

    /** Whether the worker of that site observed often enough for its silence to count. */
    boolean isLookedFrom(SiteName site) {
      String worker = At.workerOf(site, "").witness();
      return witnesses.stream()
          .filter(one -> one.witness().equals(worker))
          .anyMatch(Heard::hasLookedOften);
    }

    private static boolean hasLookedOften(Witnessed one) {
      return one.looks().stream().filter(Look::isLook).count() >= WitnessCheck.LOOKS;
    }

    /** Whether all witnesses observed often enough for their silence to count. */
    boolean haveAllLookedOften() {
      return witnesses.stream().allMatch(one -> one.looks().size() >= WitnessCheck.LOOKS);
    }

    /** The same, with what each witness observed from the same machine before. */
    Heard after(Heard before) {
      return new Heard(
          witnesses.stream()
              .map(
                  now ->
                      before.witnesses.stream()
                          .filter(
                              then ->
                                  then.witness().equals(now.witness())
                                      && then.machine().equals(now.machine()))
                          .findFirst()
                          .map(now::after)
                          .orElse(now))
              .toList(),
          hostAnswersTo,
          machines);
    }

    /** Whether any witness got any answer. */
    boolean isAnswered() {
      return WitnessCheck.isAnswered(witnesses);
    }
  }

  Heard look(Call call, int times) {
    return ask(call, times).heard();
  }

  /** Begins that many observations. */
  Asked ask(Call call, int times) {
    List<AtSite> sites = new ArrayList<>();
    for (Site site : cluster.sites().stream().filter(this::reaches).toList()) {
      sites.add(
          new AtSite(site.name(), tryConnection(call, site, times), askHost(call, site, times)));
    }
    return new Asked(this, sites, fromHosts(call, times));
  }

  /** Observations that were begun. */
  record Asked(Witnesses by, List<AtSite> sites, List<FromHost> hosts) {

    /** The observed primary. */
    Instance primary() {
      return by.primary;
    }

    /** Waits for all of them. */
    Heard heard() {
      return by.heard(sites, hosts);
    }
  }

  private Heard heard(List<AtSite> sites, List<FromHost> hosts) {
    List<Witnessed> witnesses = new ArrayList<>();
    List<SiteName> answers = new ArrayList<>();
    List<At> machines = new ArrayList<>();
    for (AtSite site : sites) {
      site.witnessed().ifPresent(witnesses::add);
      site.witnessed()
          .filter(one -> !isOnItsHost(site.name()))
          .ifPresent(one -> machines.add(At.workerOf(site.name(), one.machine())));
      if (site.isAnswered()) {
        answers.add(site.name());
      }
    }
    for (FromHost host : hosts) {
      host.witnessed().ifPresent(witnesses::add);
      host.witnessed()
          .ifPresent(one -> machines.add(At.on(host.name(), host.site(), one.machine())));
    }
    return new Heard(witnesses, answers, new WitnessMachines(cluster, machines));
  }

  /** If the host is reached without SSH, the worker runs on it and dies with it. */
  private boolean isOnItsHost(SiteName site) {
    return cluster.host(primary.host()).access().kind() != HostAccess.Kind.SSH
        && site.equals(primary.site());
  }

  /** A worker takes a host that is reached without SSH for its own machine. */
  private boolean reaches(Site site) {
    return cluster.host(primary.host()).access().kind() == HostAccess.Kind.SSH
        || site.name().equals(primary.site());
  }

  private Promise<ConnectionTried> tryConnection(Call call, Site site, int times) {
    ConnectionActivities port =
        Workflow.newActivityStub(
            ConnectionActivities.class, options(site.name(), "connect to " + primary.id(), times));
    return Async.function(
        port::observeConnection,
        new TryConnection(
            call, cluster.policies().database(), WorkLists.server(cluster, primary), times));
  }

  private Promise<HostAsked> askHost(Call call, Site site, int times) {
    WitnessActivities port =
        Workflow.newActivityStub(
            WitnessActivities.class,
            options(site.name(), "ask " + primary.host() + " of " + primary.id(), times));
    return Async.function(
        port::observeOnHost, new AskHost(call, WorkLists.on(cluster, primary), times));
  }

  /** Every other host once, never the primary's own. */
  private List<FromHost> fromHosts(Call call, int times) {
    Set<HostName> asked = new TreeSet<>(Comparator.comparing(HostName::value));
    asked.add(primary.host());
    List<FromHost> hosts = new ArrayList<>();
    for (Instance member : cluster.members()) {
      if (asked.add(member.host())) {
        WitnessActivities port =
            Workflow.newActivityStub(
                WitnessActivities.class,
                options(
                    member.site(), "connect to " + primary.id() + " from " + member.host(), times));
        hosts.add(
            new FromHost(
                member.host(),
                member.site(),
                Async.function(
                    port::observeFromHost,
                    new TryFromHost(
                        call,
                        WorkLists.on(cluster, member),
                        cluster.host(primary.host()).access().address(),
                        primary.port(),
                        times))));
      }
    }
    return hosts;
  }

  private static ActivityOptions options(SiteName site, String summary, int times) {
    return ActivityPolicies.lookDespiteLoss(
        ActivityPolicies.queueOf(site), summary, BESIDE_LOOKS.plus(A_LOOK.multipliedBy(times)));
  }

  private static <T> Optional<T> answered(Promise<T> promise) {
    try {
      return Optional.of(promise.get());
    } catch (TemporalFailure noWitness) {
      Explained.unlessStopped(noWitness);
      return Optional.empty();
    }
  }

  /** What a site's worker observed: its own connection, and the answer of the host. */
  private record AtSite(SiteName name, Promise<ConnectionTried> tried, Promise<HostAsked> asked) {

    boolean isAnswered() {
      return answered(asked).stream()
          .flatMap(host -> host.answers().stream())
          .anyMatch(answer -> answer.host().reports());
    }

    Optional<Witnessed> witnessed() {
      Optional<ConnectionTried> attempts = answered(tried);
      if (attempts.isEmpty()) {
        return Optional.empty();
      }
      List<Answer> answers = answered(asked).map(HostAsked::answers).orElse(List.of());
      List<Look> looks = new ArrayList<>();
      for (int i = 0; i < attempts.get().attempts().size(); i++) {
        Seen tryConnection = attempts.get().attempts().get(i);
        Answer host =
            i < answers.size()
                ? answers.get(i)
                : new Answer(OnHost.NOT_ASKED, "its host: not asked");
        looks.add(
            new Look(
                tryConnection.database(),
                host.host(),
                tryConnection.words() + "; " + host.words()));
      }
      return Optional.of(new Witnessed("the worker of " + name, attempts.get().machine(), looks));
    }
  }

  /** What another host observed when it connected. */
  private record FromHost(HostName name, SiteName site, Promise<ConnectionTried> tried) {

    Optional<Witnessed> witnessed() {
      return answered(tried)
          .map(
              came ->
                  new Witnessed(
                      "host " + name,
                      came.machine(),
                      came.attempts().stream()
                          .map(one -> new Look(one.database(), OnHost.NOT_ASKED, one.words()))
                          .toList()));
    }
  }
}
