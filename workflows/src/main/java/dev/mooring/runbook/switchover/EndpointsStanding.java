package dev.mooring.runbook.switchover;

import dev.mooring.port.Call;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import java.time.Duration;
import java.util.Optional;

/** Where the endpoints of a cluster lead, and what a person types where that is wrong. */
public final class EndpointsStanding {
  private EndpointsStanding() {}

  /** Begins to ask all of them, by the first site whose worker takes it. */
  public static Promise<EndpointsObserved> begin(
      Cluster cluster, Call call, Duration answeredWithin) {
    return Async.function(() -> new EndpointCalls(cluster).glance(call, answeredWithin));
  }

  /** Leads writes of one to the member that takes them, from where it was seen to lead. */
  public static String lead(
      Cluster cluster, Endpoint endpoint, EndpointSeen seen, Instance primary) {
    Optional<Instance> from =
        seen.leadsTo().stream().flatMap(id -> cluster.member(id).stream()).findFirst();
    EndpointWords words =
        new EndpointWords(Move.withoutOld(cluster, from.orElse(primary), primary));
    return from.isEmpty()
        ? words.leadFromNobody(endpoint, primary)
        : words.lead(endpoint, from.get(), primary);
  }

  /** Lets those go that a PgBouncer holds, to where it leads. */
  public static String letGo(Cluster cluster, Endpoint.PgBouncer pooler, Instance any) {
    return new EndpointWords(Move.withoutOld(cluster, any, any)).admit(pooler, any);
  }
}
