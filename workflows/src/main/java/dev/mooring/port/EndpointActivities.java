package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Host;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/**
 * What clients connect to instead of an instance. A call acts on all its endpoints in parallel and
 * observes each afterwards. An endpoint that gave no answer or did not follow the call is in the
 * failures, under its name.
 */
@ActivityInterface
public interface EndpointActivities {

  /** Reads where each endpoint points, and what blocks a move; changes nothing. */
  EndpointsObserved observeEndpoints(AboutEndpoints request);

  /**
   * Points what is read at the next reload at the new primary: PgBouncer's configuration file, as a
   * whole or not at all. Open connections continue as before. Other endpoints are not changed.
   */
  EndpointsSet ensurePrepared(RouteEndpoints request);

  /** Restores what {@link #ensurePrepared} of this run replaced. */
  EndpointsSet revertPrepared(RouteEndpoints request);

  /**
   * Pauses each PgBouncer: waits until the transactions of its clients have ended, up to the limit.
   * A script on its host issues PAUSE and resumes it automatically when the budget is over, even if
   * the caller is lost. Repeated, it finds the pause that is in effect.
   */
  EndpointsPaused ensurePaused(PauseEndpoints request);

  /** Resumes each PgBouncer, to the server that is configured now. */
  EndpointsSet revertPaused(PauseEndpoints request);

  /**
   * Disconnects clients of PgBouncer and HAProxy from a primary that must not be written to any
   * more: afterwards no endpoint that pointed there has a session with it. PgBouncer holds new
   * clients, and those without a transaction, until it points elsewhere, or the time is over: then
   * a script on its host resumes them, even if the caller is lost. HAProxy takes that server out of
   * use. An endpoint that is silent for a few seconds is in the failures. Repeated, it finds
   * nothing left to disconnect.
   */
  EndpointsCut ensureCutOff(CutOffEndpoints request);

  /** Lets clients connect again to the server from which this run disconnected them. */
  EndpointsSet revertCutOff(CutOffEndpoints request);

  /**
   * Points each endpoint at the new primary and resumes the clients of PgBouncer. HAProxy's
   * sessions with the old primary are ended. Called only after the promotion.
   */
  EndpointsSet ensureRouted(RouteEndpoints request);

  /** {@link #ensurePrepared} and {@link #ensureRouted} in one act, if nothing was prepared. */
  EndpointsSet ensurePointed(RouteEndpoints request);

  /**
   * A reading of endpoints.
   *
   * @param hosts the hosts of the endpoints; for a virtual IP the hosts of all members
   * @param members of the cluster, and where they listen
   */
  record AboutEndpoints(
      Call call,
      List<Endpoint> endpoints,
      List<Host> hosts,
      List<DatabaseActivities.Server> members)
      implements ForCall {
    public AboutEndpoints {
      endpoints = List.copyOf(endpoints);
      hosts = List.copyOf(hosts);
      members = List.copyOf(members);
    }
  }

  /**
   * The target of the endpoints.
   *
   * @param about which endpoints
   * @param primary the member to point them at
   */
  record RouteEndpoints(AboutEndpoints about, InstanceId primary) implements ForCall {
    @Override
    public Call call() {
      return about.call();
    }
  }

  /**
   * A pause.
   *
   * @param about which endpoints; endpoints that can't pause are left alone
   * @param within how long clients' transactions may take to end
   * @param budget after which their hosts resume clients by themselves
   */
  record PauseEndpoints(AboutEndpoints about, Duration within, Duration budget) implements ForCall {
    @Override
    public Call call() {
      return about.call();
    }
  }

  /**
   * A disconnection of clients.
   *
   * @param about which endpoints; endpoints that keep no sessions are left alone
   * @param old the member that clients are disconnected from
   * @param heldAtMost after which their hosts resume clients by themselves
   */
  record CutOffEndpoints(AboutEndpoints about, InstanceId old, Duration heldAtMost)
      implements ForCall {
    @Override
    public Call call() {
      return about.call();
    }
  }

  record EndpointsObserved(List<EndpointSeen> seen, List<EndpointFailure> failures) {
    public EndpointsObserved {
      seen = List.copyOf(seen);
      failures = List.copyOf(failures);
    }
  }

  /**
   * An endpoint.
   *
   * @param pointsAt the members it points writes at, by its own report; should be one
   * @param facts what a move depends on, by name; for PgBouncer {@code pool_mode}, {@code
   *     query_wait_timeout}, {@code so_reuseport}, {@code paused}, {@code processes}, {@code file},
   *     {@code leads_to} and {@link #OTHERS}
   */
  record EndpointSeen(String name, List<InstanceId> pointsAt, List<EndpointFact> facts) {
    /**
     * The other databases of a PgBouncer that point at the same server, one a line; behind a name,
     * in parentheses, why that is not certain. A line of its file that begins with {@code %include}
     * is one of them if that file was not read.
     */
    public static final String OTHERS = "others";

    /** The level of HAProxy's socket, if it is below {@code admin}: it sets no server. */
    public static final String LEVEL = "level";

    public EndpointSeen {
      pointsAt = List.copyOf(pointsAt);
      facts = List.copyOf(facts);
    }
  }

  record EndpointFact(String name, String value) {}

  /** Why an endpoint gave no answer, or did not follow the call. */
  record EndpointFailure(String name, FailureCode code, String message) {}

  /**
   * What was done.
   *
   * @param set the names of the endpoints that follow the call
   * @param unseen parts of these that could not be read, and may differ: a virtual address that a
   *     silent host may still have
   */
  record EndpointsSet(
      List<String> set,
      List<EndpointFailure> failures,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<EndpointFailure> unseen) {
    public EndpointsSet {
      set = List.copyOf(set);
      failures = List.copyOf(failures);
      unseen = List.copyOf(unseen);
    }

    /** If everything was read. */
    public EndpointsSet(List<String> set, List<EndpointFailure> failures) {
      this(set, failures, List.of());
    }
  }

  record EndpointsPaused(List<Paused> paused, List<EndpointFailure> failures) {
    public EndpointsPaused {
      paused = List.copyOf(paused);
      failures = List.copyOf(failures);
    }
  }

  /**
   * What was disconnected.
   *
   * @param cut endpoints that keep sessions and pointed at it, with none left
   */
  record EndpointsCut(List<Cut> cut, List<EndpointFailure> failures) {
    public EndpointsCut {
      cut = List.copyOf(cut);
      failures = List.copyOf(failures);
    }
  }

  /**
   * An endpoint without a session with the old primary.
   *
   * @param sessions how many it had before this call
   */
  record Cut(String name, long sessions) {}

  /**
   * A pause that is in effect.
   *
   * @param marker of the script on its host
   */
  record Paused(String name, String marker) {}
}
