package dev.mooring.runbook.members;

import dev.mooring.authority.Epoch;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities;
import dev.mooring.port.CopyActivities.DirectoriesObserved;
import dev.mooring.port.CopyActivities.ObserveDirectories;
import dev.mooring.port.DatabaseActivities.OnServers;
import dev.mooring.port.HostWork;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.Observations;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;

/**
 * Observations of members: over SQL how they stream, on their hosts who may write. They change
 * nothing.
 */
public final class MemberObservations {
  private final Cluster cluster;

  /** For that cluster's members. */
  public MemberObservations(Cluster cluster) {
    this.cluster = cluster;
  }

  /** The request of an observation of these members over SQL. */
  public OnServers request(Call call, List<Instance> members) {
    return new OnServers(call, cluster.policies().database(), WorkLists.servers(cluster, members));
  }

  /** Observes members over SQL; throws if the observation fails. */
  public ReplicationObserved read(ActivityOptions options, Call call, List<Instance> members) {
    return Workflow.newActivityStub(ReplicationActivities.class, options)
        .observeReplication(request(call, members));
  }

  /** Begins to observe members over SQL in one activity; if it fails, all of them are silent. */
  public Promise<ReplicationObserved> ask(
      ActivityOptions options, Call call, List<Instance> members) {
    ReplicationActivities port = Workflow.newActivityStub(ReplicationActivities.class, options);
    return Async.function(port::observeReplication, request(call, members))
        .exceptionally(
            failure -> new ReplicationObserved(List.of(), FanOut.silent(members, failure)));
  }

  /** Begins to observe members over SQL; if that fails, it says what was not seen, and why. */
  public Promise<Observed<ReplicationObserved>> look(
      Observations looks, Observations.At at, Call call, List<Instance> members) {
    return looks.begin(
        at, ReplicationActivities.class, port -> port::observeReplication, request(call, members));
  }

  /** Begins to observe these over SQL, those of each site by its own worker. */
  public List<Promise<ReplicationObserved>> askBySite(
      ActivityPolicies policy, Call call, List<Instance> members) {
    List<Promise<ReplicationObserved>> answers = new ArrayList<>();
    for (Site site : cluster.sites()) {
      List<Instance> here =
          cluster.membersAt(site.name()).stream().filter(members::contains).toList();
      if (!here.isEmpty()) {
        answers.add(
            ask(
                policy.options(
                    ActivityPolicies.queueOf(site.name()), "ask the members at " + site.name()),
                call,
                here));
      }
    }
    return answers;
  }

  /** Begins to ask every member over SQL. */
  public MemberAnswers answers(Call call) {
    return new MemberAnswers(askBySite(ActivityPolicies.OBSERVE, call, cluster.members()));
  }

  /** The members that accept writes. */
  public static List<InstanceId> writers(List<MemberObserved> members) {
    return members.stream()
        .filter(member -> !member.standing().inRecovery())
        .map(MemberObserved::instance)
        .toList();
  }

  /** Begins to read the roles on a host; if that fails, all its instances are unread. */
  public Promise<RolesObserved> roles(ActivityOptions options, Call call, HostWork work) {
    RoleActivities port = Workflow.newActivityStub(RoleActivities.class, options);
    return Async.function(port::observeRoles, new ObserveRoles(call, work))
        .exceptionally(
            failure ->
                new RolesObserved(
                    work.host().name(),
                    Epoch.NONE,
                    List.of(),
                    FanOut.silent(work.instances(), failure)));
  }

  /** Begins to read the roles on every member's host, for each site by its own worker. */
  public List<Promise<RolesObserved>> rolesBySite(Call call) {
    List<Promise<RolesObserved>> hosts = new ArrayList<>();
    for (Site site : cluster.sites()) {
      for (HostWork work : WorkLists.byHost(cluster, cluster.membersAt(site.name()))) {
        hosts.add(
            roles(
                ActivityPolicies.OBSERVE.options(
                    ActivityPolicies.queueOf(site.name()),
                    "read the authority on " + work.inWords()),
                call,
                work));
      }
    }
    return hosts;
  }

  /**
   * Looks at data directories, all hosts at once; an observation that fails is thrown.
   *
   * @param places where the primary has its tablespaces
   */
  public List<DirectoriesObserved> directories(
      Call call, List<Instance> instances, List<String> places) {
    return FanOut.onHosts(
        CopyActivities.class,
        WorkLists.byHost(cluster, instances),
        MemberObservations::lookAtDirectories,
        work -> new ObserveDirectories(call, work, places),
        port -> port::observeDirectories);
  }

  /** The same; a host that does not answer is in the failures. */
  public List<DirectoriesObserved> directoriesWhereAnswered(
      Call call, List<Instance> instances, List<String> places) {
    return FanOut.onHostsThatAnswer(
        CopyActivities.class,
        WorkLists.byHost(cluster, instances),
        MemberObservations::lookAtDirectories,
        work -> new ObserveDirectories(call, work, places),
        port -> port::observeDirectories,
        (work, silent) -> new DirectoriesObserved(work.host().name(), List.of(), silent));
  }

  private static ActivityOptions lookAtDirectories(HostWork work) {
    return ActivityPolicies.OBSERVE.options(
        ActivityPolicies.queueOf(work.site()), "look at data directories on " + work.inWords());
  }
}
