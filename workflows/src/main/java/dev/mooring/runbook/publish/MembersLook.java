package dev.mooring.runbook.publish;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Observes which member of a streaming cluster accepts writes; the primary may be at any site.
 * Every site asks every instance, so neither a lost site nor a split network hides a second
 * primary. An answer to any site counts; an instance that no site reaches did not answer.
 */
final class MembersLook {
  private final Cluster cluster;
  private final Call call;

  MembersLook(Cluster cluster, Call call) {
    this.cluster = cluster;
    this.call = call;
  }

  /**
   * The observations.
   *
   * @param servers of all instances
   * @param answered the first site that answered, beginning with the publishing one
   * @param unseen one sentence for each member that did not answer
   */
  record Seen(ServersObserved servers, SiteName answered, List<String> unseen) {
    Seen {
      unseen = List.copyOf(unseen);
    }
  }

  private record From(SiteName site, Promise<ServersObserved> look) {}

  /**
   * Asks from all sites in parallel.
   *
   * @throws TemporalFailure of the first site, if no site answered
   */
  Seen observe() {
    List<From> begun = cluster.publishingSites().stream().map(this::begin).toList();
    List<SiteName> answered = new ArrayList<>();
    List<ServersObserved> seen = new ArrayList<>();
    List<TemporalFailure> failures = new ArrayList<>();
    for (From from : begun) {
      try {
        seen.add(from.look().get());
        answered.add(from.site());
      } catch (TemporalFailure e) {
        if (Explained.of(e).code() == FailureCode.CANCELLED) {
          throw e;
        }
        failures.add(e);
      }
    }
    if (seen.isEmpty()) {
      throw failures.get(0);
    }
    ServersObserved all = together(seen);
    return new Seen(all, answered.get(0), unseen(all));
  }

  private From begin(SiteName site) {
    DatabaseActivities databases =
        Workflow.newActivityStub(
            DatabaseActivities.class,
            ActivityPolicies.GLANCE.options(
                ActivityPolicies.queueOf(site),
                "ask " + cluster.instances().size() + " servers what they are, from " + site));
    return new From(
        site,
        Async.function(
            databases::observeServers,
            new OnServers(
                call,
                cluster.policies().database(),
                WorkLists.servers(cluster, cluster.instances()))));
  }

  /** If an instance was promoted between two observations, the one that shows a primary counts. */
  private static ServersObserved together(List<ServersObserved> looks) {
    Map<InstanceId, ServerObserved> observed = new LinkedHashMap<>();
    Map<InstanceId, InstanceFailure> failures = new LinkedHashMap<>();
    for (ServersObserved look : looks) {
      for (ServerObserved server : look.observed()) {
        observed.merge(server.instance(), server, (a, b) -> a.position().inRecovery() ? b : a);
      }
      look.failures().forEach(failure -> failures.putIfAbsent(failure.instance(), failure));
    }
    failures.keySet().removeAll(observed.keySet());
    return new ServersObserved(List.copyOf(observed.values()), List.copyOf(failures.values()));
  }

  private List<String> unseen(ServersObserved all) {
    List<InstanceId> members = cluster.members().stream().map(Instance::id).toList();
    return all.failures().stream()
        .filter(failure -> members.contains(failure.instance()))
        .map(
            failure ->
                failure.instance()
                    + " did not answer, and may accept writes unseen: "
                    + failure.message())
        .toList();
  }
}
