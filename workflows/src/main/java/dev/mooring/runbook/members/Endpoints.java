package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.EndpointActivities;
import dev.mooring.port.EndpointActivities.AboutEndpoints;
import dev.mooring.port.EndpointActivities.CutOffEndpoints;
import dev.mooring.port.EndpointActivities.EndpointFailure;
import dev.mooring.port.EndpointActivities.EndpointsCut;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.EndpointActivities.EndpointsPaused;
import dev.mooring.port.EndpointActivities.EndpointsSet;
import dev.mooring.port.EndpointActivities.PauseEndpoints;
import dev.mooring.port.EndpointActivities.RouteEndpoints;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import dev.mooring.topology.SiteName;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Observations of and acts on the endpoints of a cluster. If some endpoints fail, an act is retried
 * as long as that may help; other failures fail the step.
 */
public final class Endpoints {
  private static final Duration CLIENTS_END_WITHIN = Duration.ofSeconds(5);
  private static final Duration AGAIN_AFTER = Duration.ofMillis(500);
  private static final int TRIES = 10;
  private static final int TRIES_TO_ADMIT = 2;

  /** Added to the time for which an endpoint may be silent. */
  private static final Duration CUT_WITHIN = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final List<Endpoint> endpoints;
  private final SiteName site;

  /** Called from the publishing site. */
  public Endpoints(Cluster cluster) {
    this(cluster, cluster.policies().publish().site());
  }

  /** Called from that site, because the other one may be lost. */
  public Endpoints(Cluster cluster, SiteName site) {
    this(cluster, site, cluster.streaming().orElseThrow().endpoints());
  }

  /** For some of the endpoints only. */
  public Endpoints(Cluster cluster, SiteName site, List<Endpoint> endpoints) {
    this.cluster = cluster;
    this.site = site;
    this.endpoints = endpoints;
  }

  /** Begins to observe all endpoints, from the first site whose worker answers. */
  public static Promise<EndpointsObserved> begin(
      Cluster cluster, Call call, Duration answeredWithin) {
    return Async.function(() -> new Endpoints(cluster).glance(call, answeredWithin));
  }

  public static final EndpointsSet NOTHING = new EndpointsSet(List.of(), List.of());

  public EndpointsObserved observe(Call call) {
    if (endpoints.isEmpty()) {
      return new EndpointsObserved(List.of(), List.of());
    }
    try {
      return port(ActivityPolicies.OBSERVE, "read where the endpoints point")
          .observeEndpoints(about(call));
    } catch (TemporalFailure failure) {
      return silent(Explained.unlessStopped(failure));
    }
  }

  /** Observes once, from the first site whose worker answers. */
  EndpointsObserved glance(Call call, Duration answeredWithin) {
    EndpointsObserved seen = new EndpointsObserved(List.of(), List.of());
    for (Site asked : endpoints.isEmpty() ? List.<Site>of() : cluster.sites()) {
      try {
        return Workflow.newActivityStub(
                EndpointActivities.class,
                ActivityPolicies.lookDespiteLoss(
                    ActivityPolicies.queueOf(asked.name()),
                    "read where the endpoints point",
                    answeredWithin))
            .observeEndpoints(about(call));
      } catch (TemporalFailure failure) {
        seen = silent(Explained.unlessStopped(failure));
      }
    }
    return seen;
  }

  private EndpointsObserved silent(Explained why) {
    return new EndpointsObserved(
        List.of(),
        endpoints.stream()
            .map(e -> new EndpointFailure(e.name(), why.code(), why.sentence()))
            .toList());
  }

  public EndpointsSet prepare(Call call, Instance primary) {
    return set(
        TRIES,
        () ->
            port(ActivityPolicies.ENSURE, "prepare endpoints for " + primary.id())
                .ensurePrepared(new RouteEndpoints(about(call), primary.id())));
  }

  public EndpointsSet unprepare(Call call, Instance primary) {
    return set(
        TRIES,
        () ->
            port(ActivityPolicies.UNDO, "leave endpoints as they were")
                .revertPrepared(new RouteEndpoints(about(call), primary.id())));
  }

  /** Returns the pauses that must still be in force when the target is promoted. */
  public List<PauseToSee> pause(Call call, Duration budget) {
    if (endpoints.isEmpty()) {
      return List.of();
    }
    PauseEndpoints pause = new PauseEndpoints(about(call), clientsEndWithin(budget), budget);
    EndpointsPaused paused =
        again(
            TRIES,
            () -> port(ActivityPolicies.ENSURE, "pause PgBouncer").ensurePaused(pause),
            EndpointsPaused::failures);
    List<PauseToSee> pauses = new ArrayList<>();
    for (EndpointActivities.Paused one : paused.paused()) {
      for (Endpoint endpoint : endpoints) {
        if (endpoint instanceof Endpoint.PgBouncer bouncer && bouncer.name().equals(one.name())) {
          pauses.add(new PauseToSee(bouncer, cluster.host(bouncer.host()), one.marker()));
        }
      }
    }
    return pauses;
  }

  /** Clients with longer transactions would use up an outage that all others share. */
  private static Duration clientsEndWithin(Duration budget) {
    Duration half = budget.dividedBy(2);
    return DurationText.shorter(half, CLIENTS_END_WITHIN);
  }

  public EndpointsSet resume(Call call, Duration budget) {
    PauseEndpoints pause = new PauseEndpoints(about(call), clientsEndWithin(budget), budget);
    return set(
        TRIES, () -> port(ActivityPolicies.GIVE_BACK, "resume PgBouncer").revertPaused(pause));
  }

  /** Disconnects clients once; an endpoint that is silent does not block the run. */
  public EndpointsCut cutOff(Call call, Instance old, Duration heldAtMost) {
    try {
      return Workflow.newActivityStub(
              EndpointActivities.class,
              ActivityPolicies.lookAgain(
                  ActivityPolicies.queueOf(site), "cut clients off from " + old.id(), CUT_WITHIN))
          .ensureCutOff(new CutOffEndpoints(about(call), old.id(), heldAtMost));
    } catch (TemporalFailure failure) {
      return new EndpointsCut(List.of(), silent(Explained.unlessStopped(failure)).failures());
    }
  }

  /** Lets clients connect again to the server from which they were disconnected. */
  public EndpointsSet admit(Call call, Instance old, Duration heldAtMost) {
    return set(
        TRIES_TO_ADMIT,
        () ->
            port(ActivityPolicies.UNDO, "allow clients to connect to " + old.id() + " again")
                .revertCutOff(new CutOffEndpoints(about(call), old.id(), heldAtMost)));
  }

  /**
   * Points the endpoints at the new primary.
   *
   * @param answered gets the result of each attempt for every endpoint, even if some fail the step
   */
  public EndpointsSet route(Call call, Instance primary, Consumer<EndpointsSet> answered) {
    return route(call, primary, TRIES, answered, EndpointActivities::ensureRouted);
  }

  /** The same if nothing was prepared. */
  public EndpointsSet lead(Call call, Instance primary, Consumer<EndpointsSet> answered) {
    return route(call, primary, TRIES, answered, EndpointActivities::ensurePointed);
  }

  /** One attempt, for endpoints that gave no answer before: a silent host costs little. */
  public EndpointsSet routeOnce(Call call, Instance primary, Consumer<EndpointsSet> answered) {
    return route(call, primary, 1, answered, EndpointActivities::ensureRouted);
  }

  private EndpointsSet route(
      Call call,
      Instance primary,
      int tries,
      Consumer<EndpointsSet> answered,
      BiFunction<EndpointActivities, RouteEndpoints, EndpointsSet> act) {
    return set(
        tries,
        () -> {
          EndpointsSet answer =
              act.apply(
                  port(ActivityPolicies.ENSURE, "point the endpoints at " + primary.id()),
                  new RouteEndpoints(about(call), primary.id()));
          answered.accept(answer);
          return answer;
        });
  }

  private EndpointsSet set(int tries, Supplier<EndpointsSet> act) {
    return endpoints.isEmpty() ? NOTHING : again(tries, act, EndpointsSet::failures);
  }

  private static <T> T again(
      int tries, Supplier<T> act, Function<T, List<EndpointFailure>> failuresOf) {
    for (int left = tries; ; left--) {
      T answer = act.get();
      List<EndpointFailure> failures = failuresOf.apply(answer);
      if (failures.isEmpty()) {
        return answer;
      }
      Optional<EndpointFailure> forGood =
          failures.stream().filter(Endpoints::isForGood).findFirst();
      if (left <= 1 || forGood.isPresent()) {
        throw RunbookStop.failed(
            forGood.or(() -> heard(failures)).orElse(failures.get(0)).code(),
            failures.stream()
                .map(failure -> failure.name() + ": " + failure.message())
                .collect(Collectors.joining("; ")));
      }
      Workflow.sleep(AGAIN_AFTER);
    }
  }

  /**
   * The act waited for transactions as long as clients may be paused. Another attempt would use up
   * the outage, and no message would name the sessions.
   */
  private static boolean isForGood(EndpointFailure failure) {
    return failure.code() == FailureCode.BARRIER_NOT_REACHED
        || failure.code().owner() != FailureCode.Owner.RETRY;
  }

  private static Optional<EndpointFailure> heard(List<EndpointFailure> failures) {
    return failures.stream().filter(failure -> !Explained.isSilence(failure.code())).findFirst();
  }

  private EndpointActivities port(ActivityPolicies policy, String summary) {
    return Workflow.newActivityStub(
        EndpointActivities.class, policy.options(ActivityPolicies.queueOf(site), summary));
  }

  private AboutEndpoints about(Call call) {
    Stream<Host> hosts = cluster.members().stream().map(i -> cluster.host(i.host()));
    return new AboutEndpoints(
        call,
        endpoints,
        Stream.concat(hosts, endpoints.stream().flatMap(this::hostOf)).distinct().toList(),
        WorkLists.servers(cluster, cluster.members()));
  }

  private Stream<Host> hostOf(Endpoint endpoint) {
    return hostName(endpoint).map(cluster::host);
  }

  private static Stream<HostName> hostName(Endpoint endpoint) {
    if (endpoint instanceof Endpoint.PgBouncer bouncer) {
      return Stream.of(bouncer.host());
    }
    if (endpoint instanceof Endpoint.HaProxy proxy) {
      return Stream.of(proxy.host());
    }
    return endpoint instanceof Endpoint.Command command
        ? Stream.of(command.host())
        : Stream.empty();
  }
}
