package dev.mooring.fake;

import dev.mooring.port.EndpointActivities;
import dev.mooring.port.FailureCode;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What clients connect to, in memory: where each leads, and which hold their clients. */
public final class FakeEndpoints implements EndpointActivities {
  private static final long SESSIONS = 2;

  private final FakeCluster world;
  private final Map<String, State> states = new TreeMap<>();

  /** One endpoint. */
  private static final class State {
    private InstanceId pointsAt;
    private Optional<InstanceId> prepared = Optional.empty();
    private Optional<Instant> pausedUntil = Optional.empty();
    private boolean pausedByHand;
    private boolean busy;
    private boolean isCutOff;
    private String poolMode = "transaction";
    private String others = "";
    private String file = "";
    private boolean away;
    private boolean heldBySilent;

    private State(InstanceId pointsAt) {
      this.pointsAt = pointsAt;
    }
  }

  FakeEndpoints(FakeCluster world, List<Endpoint> endpoints, InstanceId primary) {
    this.world = world;
    endpoints.forEach(endpoint -> states.put(endpoint.name(), new State(primary)));
  }

  // ---- what tests read and do

  /** Where it leads writes. */
  public synchronized String pointsAt(String name) {
    return state(name).pointsAt.value();
  }

  /** Whether it still holds its clients when it is that much later for its host. */
  public synchronized boolean isPausedAfter(Duration time, String name) {
    world.clock().elapse(time);
    return isPaused(name);
  }

  /** Whether it holds its clients. */
  public synchronized boolean isPaused(String name) {
    return pauseOf(state(name)).isPresent() || state(name).pausedByHand;
  }

  /** Whether clients of it are cut off. */
  public synchronized boolean isCutOff(String name) {
    return state(name).isCutOff;
  }

  /** It is restarted, and so forgets its pause. */
  public synchronized void restart(String name) {
    state(name).pausedUntil = Optional.empty();
  }

  /** A person holds its clients, until a person lets them go. */
  public synchronized void pauseByHand(String name, boolean paused) {
    state(name).pausedByHand = paused;
  }

  /** A transaction of one of its clients does not end. */
  public synchronized void transactionStaysOpen(String name) {
    state(name).busy = true;
  }

  /** It pools by session, transaction or statement from now on. */
  public synchronized void poolMode(String name, String mode) {
    state(name).poolMode = mode;
  }

  /** Other databases of it point at the same server, one a line. */
  public synchronized void others(String name, String databases) {
    state(name).others = databases;
  }

  /** What else is wrong with its file, behind where that points. */
  public synchronized void fileSays(String name, String trouble) {
    state(name).file = trouble;
  }

  /** A host that answers nobody may hold its address still. */
  public synchronized void heldByASilentHost(String name, boolean held) {
    state(name).heldBySilent = held;
  }

  /** A person points each at another primary. */
  public synchronized void pointByHand(String primary) {
    states.values().forEach(state -> state.pointsAt = new InstanceId(primary));
  }

  /** It answers nobody from now on, or again. */
  public synchronized void away(String name, boolean away) {
    state(name).away = away;
  }

  synchronized void requireStanding(String marker) {
    if (!states.containsKey(marker) || pauseOf(state(marker)).isEmpty()) {
      throw FakeHost.failure(FailureCode.PAUSE_OVER, marker + " lets clients go");
    }
  }

  private State state(String name) {
    State state = states.get(name);
    if (state == null) {
      throw new IllegalArgumentException("there is no endpoint " + name);
    }
    return state;
  }

  private Optional<Instant> pauseOf(State state) {
    Instant now = world.clock().read();
    return state.pausedUntil.filter(now::isBefore);
  }

  // ---- the port

  @Override
  public synchronized EndpointsObserved observeEndpoints(AboutEndpoints request) {
    List<EndpointSeen> seen = new ArrayList<>();
    List<EndpointFailure> failures = new ArrayList<>();
    for (Endpoint endpoint : request.endpoints()) {
      State state = state(endpoint.name());
      if (state.away) {
        failures.add(away(endpoint));
      } else {
        seen.add(new EndpointSeen(endpoint.name(), led(endpoint, state), facts(endpoint, state)));
      }
    }
    return new EndpointsObserved(seen, failures);
  }

  /** HAProxy has a server that clients are cut off from out of use; an address has a host. */
  private List<InstanceId> led(Endpoint endpoint, State state) {
    if (endpoint instanceof Endpoint.VirtualIp) {
      HostName host = world.members().member(state.pointsAt).instance().host();
      return world.members().all().stream()
          .map(FakeMember::instance)
          .filter(member -> member.host().equals(host))
          .map(Instance::id)
          .toList();
    }
    return endpoint instanceof Endpoint.HaProxy && state.isCutOff
        ? List.of()
        : List.of(state.pointsAt);
  }

  private static EndpointFailure away(Endpoint endpoint) {
    return new EndpointFailure(
        endpoint.name(), FailureCode.HOST_UNREACHABLE, endpoint.name() + " does not answer");
  }

  private List<EndpointFact> facts(Endpoint endpoint, State state) {
    return endpoint instanceof Endpoint.PgBouncer
        ? List.of(
            new EndpointFact("pool_mode", state.poolMode),
            new EndpointFact("query_wait_timeout", "120"),
            new EndpointFact("so_reuseport", "0"),
            new EndpointFact("processes", "1"),
            new EndpointFact("leads_to", state.pointsAt.value()),
            new EndpointFact("file", state.prepared.orElse(state.pointsAt).value() + state.file),
            new EndpointFact("paused", isPaused(endpoint.name()) ? "yes" : "no"),
            new EndpointFact(EndpointSeen.OTHERS, state.others))
        : List.of();
  }

  @Override
  public synchronized EndpointsSet ensurePrepared(RouteEndpoints request) {
    return each(request.about(), state -> state.prepared = Optional.of(request.primary()));
  }

  @Override
  public synchronized EndpointsSet revertPrepared(RouteEndpoints request) {
    return each(request.about(), state -> state.prepared = Optional.empty());
  }

  @Override
  public synchronized EndpointsPaused ensurePaused(PauseEndpoints request) {
    List<Paused> paused = new ArrayList<>();
    List<EndpointFailure> failures = new ArrayList<>();
    for (Endpoint endpoint : request.about().endpoints()) {
      State state = state(endpoint.name());
      if (!(endpoint instanceof Endpoint.PgBouncer)) {
        continue;
      }
      if (state.away) {
        failures.add(away(endpoint));
      } else if (state.pausedByHand) {
        failures.add(
            new EndpointFailure(
                endpoint.name(),
                FailureCode.DATABASE_REFUSED,
                "it is paused, and not by Mooring: the person who did it must RESUME it"));
      } else if (state.busy) {
        failures.add(
            new EndpointFailure(
                endpoint.name(),
                FailureCode.BARRIER_NOT_REACHED,
                "transactions at PgBouncer did not end in " + request.within()));
      } else {
        if (pauseOf(state).isEmpty()) {
          Duration budget = request.budget();
          state.pausedUntil = Optional.of(world.clock().read().plus(budget));
        }
        paused.add(new Paused(endpoint.name(), endpoint.name()));
      }
    }
    return new EndpointsPaused(paused, failures);
  }

  @Override
  public synchronized EndpointsSet revertPaused(PauseEndpoints request) {
    return each(request.about(), state -> state.pausedUntil = Optional.empty());
  }

  @Override
  public synchronized EndpointsCut ensureCutOff(CutOffEndpoints request) {
    List<Cut> cut = new ArrayList<>();
    List<EndpointFailure> failures = new ArrayList<>();
    for (Endpoint endpoint : request.about().endpoints()) {
      State state = state(endpoint.name());
      if (state.away) {
        failures.add(away(endpoint));
      } else if (keepsSessions(endpoint) && state.pointsAt.equals(request.old())) {
        cut.add(new Cut(endpoint.name(), cutOff(endpoint, state, request)));
      }
    }
    return new EndpointsCut(cut, failures);
  }

  private static boolean keepsSessions(Endpoint endpoint) {
    return endpoint instanceof Endpoint.PgBouncer || endpoint instanceof Endpoint.HaProxy;
  }

  private long cutOff(Endpoint endpoint, State state, CutOffEndpoints request) {
    if (state.isCutOff) {
      return 0;
    }
    state.isCutOff = true;
    if (endpoint instanceof Endpoint.PgBouncer) {
      state.pausedUntil = Optional.of(world.clock().read().plus(request.heldAtMost()));
    }
    return SESSIONS;
  }

  @Override
  public synchronized EndpointsSet revertCutOff(CutOffEndpoints request) {
    return each(request.about(), FakeEndpoints::admit);
  }

  private static void admit(State state) {
    state.isCutOff = false;
    state.pausedUntil = Optional.empty();
  }

  @Override
  public synchronized EndpointsSet ensureRouted(RouteEndpoints request) {
    EndpointsSet done =
        each(
            request.about(),
            state -> {
              state.pointsAt = request.primary();
              state.prepared = Optional.empty();
              admit(state);
            });
    return new EndpointsSet(
        done.set(),
        done.failures(),
        done.set().stream()
            .filter(name -> state(name).heldBySilent)
            .map(
                name ->
                    new EndpointFailure(
                        name, FailureCode.HOST_SILENT, "e0 gave no answer: `ip addr del`"))
            .toList());
  }

  @Override
  public synchronized EndpointsSet ensurePointed(RouteEndpoints request) {
    return ensureRouted(request);
  }

  private EndpointsSet each(AboutEndpoints about, java.util.function.Consumer<State> act) {
    List<String> set = new ArrayList<>();
    List<EndpointFailure> failures = new ArrayList<>();
    for (Endpoint endpoint : about.endpoints()) {
      State state = state(endpoint.name());
      if (state.away) {
        failures.add(away(endpoint));
      } else {
        act.accept(state);
        set.add(endpoint.name());
      }
    }
    return new EndpointsSet(set, failures);
  }
}
