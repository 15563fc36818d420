package dev.mooring.runbook.switchover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.EndpointActivities.EndpointsObserved;
import dev.mooring.port.HostWork;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReadinessObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.Sender;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.GivenBack;
import dev.mooring.port.RoleActivities.HandOver;
import dev.mooring.port.RoleActivities.HandedOver;
import dev.mooring.port.RoleActivities.PauseToSee;
import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.RoleActivities.TakeOver;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.Endpoints;
import dev.mooring.runbook.members.MemberAnswers;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.members.MemberSurroundings;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.members.SurroundingsObservations;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The port calls of one Switchover, each with its queue, its policy and its summary. */
final class SwitchoverCalls {
  /** What a promotion that was found under way is given before the next observation of it. */
  private static final Duration PROMOTED_WITHIN = Duration.ofSeconds(20);

  /** How long a host may be silent about a promotion before a person is told. */
  private static final Duration KNOWN_WITHIN = Duration.ofSeconds(30);

  /** For an observation that clients wait for. */
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  private final Cluster cluster;
  private final MemberObservations members;

  SwitchoverCalls(Cluster cluster) {
    this.cluster = cluster;
    this.members = new MemberObservations(cluster);
  }

  // ---- looking

  /** Asks every site about its own members and hosts, all at once; what is silent is told. */
  ObservedMembers observe(Call call) {
    MemberAnswers answers = members.answers(call);
    List<Promise<ReadinessObserved>> anew = around().ask(call);
    List<Promise<RolesObserved>> hosts = members.rolesBySite(call);
    EndpointsObserved endpoints = new Endpoints(cluster).observe(call);
    MemberRoles roles = MemberRoles.of(hosts);
    return new ObservedMembers(
        answers.comparable(first -> new MemberAnswers(ask(call, named(first)))),
        answers.silent(),
        roles,
        endpoints,
        MemberSurroundings.of(anew.stream().map(Promise::get).toList()));
  }

  /** Asks the members alone, over SQL. */
  ObservedMembers members(Call call) {
    MemberAnswers answers = members.answers(call);
    return new ObservedMembers(
        answers.comparable(first -> new MemberAnswers(ask(call, named(first)))),
        answers.silent(),
        MemberRoles.NONE,
        new EndpointsObserved(List.of(), List.of()),
        MemberSurroundings.of(List.of()));
  }

  /** Looks at what is around the members, once it is known who is to take whose role. */
  ObservedMembers lookAround(Call call, Move move, ObservedMembers observed) {
    return observed.with(around().look(call, move, observed));
  }

  private SurroundingsObservations around() {
    return new SurroundingsObservations(cluster);
  }

  /** The members that are not in recovery now, of those that answer over SQL; for an undo. */
  List<InstanceId> writers(Call call) {
    return MemberObservations.writers(
        new MemberAnswers(
                members.askBySite(ActivityPolicies.OBSERVE_TO_UNDO, call, cluster.members()))
            .members());
  }

  /** The same inside an outage, which one that gives no answer must not prolong. */
  OtherWriters.Writers writersInOutage(Call call) {
    MemberAnswers answers =
        new MemberAnswers(cluster.members().stream().map(member -> briefly(call, member)).toList());
    return new OtherWriters.Writers(
        MemberObservations.writers(answers.members()),
        answers.silent().stream().filter(Explained::isUnasked).toList());
  }

  /** Those of these that are seen at once: a host that takes longer does not block the run. */
  List<InstanceId> writersAtOnce(Call call, List<Instance> asked) {
    return MemberObservations.writers(
        new MemberAnswers(asked.stream().map(member -> atOnce(call, member)).toList()).members());
  }

  private Promise<ReplicationObserved> atOnce(Call call, Instance member) {
    return members.ask(
        ActivityPolicies.look(queue(member), "ask " + member.id(), AT_ONCE), call, List.of(member));
  }

  /** Who streams from a member now; nothing is known where it does not answer. */
  Optional<List<Sender>> senders(Call call, Instance member) {
    return briefly(call, member).get().members().stream().findFirst().map(MemberObserved::senders);
  }

  private Promise<ReplicationObserved> briefly(Call call, Instance member) {
    return members.ask(
        ActivityPolicies.OBSERVE_BRIEFLY.options(queue(member), "ask " + member.id()),
        call,
        List.of(member));
  }

  private List<Instance> named(List<MemberObserved> seen) {
    List<InstanceId> ids = seen.stream().map(MemberObserved::instance).toList();
    return cluster.members().stream().filter(member -> ids.contains(member.id())).toList();
  }

  private List<Promise<ReplicationObserved>> ask(Call call, List<Instance> members) {
    return this.members.askBySite(ActivityPolicies.OBSERVE, call, members);
  }

  // ---- the outage

  HandedOver handOver(Call call, Instance from, Duration stopWithin) {
    return Workflow.newActivityStub(
            RoleActivities.class,
            ActivityPolicies.await(queue(from), "fence and stop " + from.id(), stopWithin))
        .ensureHandedOver(new HandOver(call, work(from), stopWithin));
  }

  GivenBack giveBack(Call call, Instance from, Duration stopWithin) {
    return roles(from, ActivityPolicies.GIVE_BACK, "allow " + from.id() + " to write again")
        .revertHandedOver(new HandOver(call, work(from), stopWithin));
  }

  /**
   * @param left of the outage budget
   */
  TakenOver takeOver(
      Call call, Instance to, HandedOver end, List<PauseToSee> pauses, Duration left) {
    return Workflow.newActivityStub(
            RoleActivities.class, ActivityPolicies.within(queue(to), "promote " + to.id(), left))
        .ensureTakenOver(new TakeOver(call, work(to), end, pauses, left));
  }

  PromotionBarred barTakeOver(Call call, Instance to, HandedOver end, List<PauseToSee> pauses) {
    return Workflow.newActivityStub(
            RoleActivities.class,
            ActivityPolicies.within(
                queue(to), "check whether " + to.id() + " was promoted", KNOWN_WITHIN))
        .revertTakenOver(new TakeOver(call, work(to), end, pauses, PROMOTED_WITHIN));
  }

  // ---- stubs

  private static String queue(Instance instance) {
    return ActivityPolicies.queueOf(instance.site());
  }

  private HostWork work(Instance instance) {
    return WorkLists.on(cluster, instance);
  }

  private static RoleActivities roles(Instance on, ActivityPolicies policy, String summary) {
    return Workflow.newActivityStub(RoleActivities.class, policy.options(queue(on), summary));
  }
}
