package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.ObserveSurroundings;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.RoleActivities.Surroundings;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Observes a cluster whose primary does not run. It takes a few seconds: a silent member is
 * reported and does not block the run. If a worker is lost meanwhile and another one serves the
 * site, its members do not count as silent.
 */
public final class BriefLook {
  private final Cluster cluster;
  private final MemberObservations members;
  private final Duration answeredWithin;

  /** A member that has not answered within that time is silent. */
  public BriefLook(Cluster cluster, Duration answeredWithin) {
    this.cluster = cluster;
    this.members = new MemberObservations(cluster);
    this.answeredWithin = answeredWithin;
  }

  /** Observes all members, their hosts and the endpoints in parallel. */
  public ObservedMembers all(Call call) {
    return all(call, member -> answeredWithin);
  }

  /**
   * Observes all members, their hosts and the endpoints in parallel.
   *
   * @param within the time limit for a member and its host
   */
  public ObservedMembers all(Call call, Function<Instance, Duration> within) {
    List<Promise<ReplicationObserved>> answers =
        cluster.members().stream()
            .map(member -> overSql(call, member, within.apply(member)))
            .toList();
    List<Promise<RolesObserved>> hosts =
        cluster.members().stream()
            .map(member -> onHost(call, member, within.apply(member)))
            .toList();
    Promise<EndpointsObserved> endpoints = Endpoints.begin(cluster, call, answeredWithin);
    List<MemberObserved> seen = new ArrayList<>();
    List<InstanceFailure> silent = new ArrayList<>();
    for (Promise<ReplicationObserved> member : answers) {
      seen.addAll(member.get().members());
      silent.addAll(member.get().failures());
    }
    return new ObservedMembers(
        seen, silent, MemberRoles.of(hosts), endpoints.get(), MemberSurroundings.NOTHING);
  }

  /**
   * Reads what is not known yet of the hosts that were read; leaves out those that do not answer.
   */
  public MemberSurroundings around(Call call, ObservedMembers seen) {
    return around(call, seen, List.of());
  }

  /**
   * The same, with whether the hosts have what the members need.
   *
   * @param reported the answers of members
   */
  public MemberSurroundings around(
      Call call, ObservedMembers seen, List<ReadinessObserved> reported) {
    MemberSurroundings said = MemberSurroundings.of(reported);
    List<Promise<List<Surroundings>>> asked =
        cluster.members().stream()
            .filter(member -> seen.role(member).isPresent())
            .filter(member -> seen.around().surroundings(member).isEmpty())
            .map(member -> around(call, member, said))
            .toList();
    return said.onHosts(
        Stream.concat(
                seen.around().surroundings().stream(),
                asked.stream().flatMap(one -> one.get().stream()))
            .toList());
  }

  /** Reads the roles of instances on their hosts, in parallel. */
  public MemberRoles roles(Call call, List<Instance> instances) {
    return MemberRoles.of(
        instances.stream().map(one -> onHost(call, one, answeredWithin)).toList());
  }

  /** Begins to ask a member, over a new connection, what it needs on its host. */
  public Promise<ReadinessObserved> readiness(Call call, Instance member) {
    List<Instance> one = List.of(member);
    ReplicationActivities port =
        Workflow.newActivityStub(
            ReplicationActivities.class,
            look(member.site(), "ask " + member.id() + " what it needs"));
    return Async.function(port::observeReadiness, members.request(call, one))
        .exceptionally(failure -> new ReadinessObserved(List.of(), FanOut.silent(one, failure)));
  }

  private Promise<List<Surroundings>> around(Call call, Instance member, MemberSurroundings said) {
    RoleActivities port =
        Workflow.newActivityStub(
            RoleActivities.class, look(member.site(), "look around " + member.id()));
    return Async.function(
            () ->
                List.of(
                    port.observeSurroundings(
                        new ObserveSurroundings(
                            call,
                            WorkLists.on(cluster, member),
                            said.ready(member).map(MemberReadiness::needs).orElse(HostNeeds.NONE),
                            List.of(),
                            List.of()))))
        .exceptionally(
            failure -> {
              FanOut.silent(List.of(member), failure);
              return List.of();
            });
  }

  /** Observes these members over SQL in parallel; leaves out silent ones. */
  public List<MemberObserved> overSql(Call call, List<Instance> members) {
    List<Promise<ReplicationObserved>> asked =
        members.stream().map(member -> overSql(call, member, answeredWithin)).toList();
    return asked.stream().flatMap(one -> one.get().members().stream()).toList();
  }

  private Promise<ReplicationObserved> overSql(Call call, Instance member, Duration within) {
    return members.ask(look(member.site(), "ask " + member.id(), within), call, List.of(member));
  }

  private Promise<RolesObserved> onHost(Call call, Instance member, Duration within) {
    return members.roles(
        look(member.site(), "look at " + member.host(), within),
        call,
        WorkLists.on(cluster, member));
  }

  private ActivityOptions look(SiteName site, String summary) {
    return look(site, summary, answeredWithin);
  }

  private static ActivityOptions look(SiteName site, String summary, Duration within) {
    return ActivityPolicies.lookDespiteLoss(ActivityPolicies.queueOf(site), summary, within);
  }
}
