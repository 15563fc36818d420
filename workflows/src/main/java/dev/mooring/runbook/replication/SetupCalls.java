package dev.mooring.runbook.replication;

import dev.mooring.port.AccessActivities;
import dev.mooring.port.AccessActivities.AccessObserved;
import dev.mooring.port.AccessActivities.AccessSet;
import dev.mooring.port.AccessActivities.EnsureAccess;
import dev.mooring.port.AccountActivities;
import dev.mooring.port.AccountActivities.Account;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailoverActivities.Fenced;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.Adopt;
import dev.mooring.port.RoleActivities.RelaxationSet;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.RoleActivities.SetRelaxation;
import dev.mooring.port.RoleActivities.SynchronousSet;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.ActOrder;
import dev.mooring.runbook.members.FenceActs;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Replication;
import io.temporal.activity.ActivityOptions;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a setup and a removal ask of hosts and of the primary. */
final class SetupCalls {
  private final Cluster cluster;
  private final StreamingPolicy policy;
  private final MemberActs acts;
  private final FenceActs fences;
  private final ActOrder order;

  /**
   * On that cluster's members.
   *
   * @param order of all acts of the run
   */
  SetupCalls(Cluster cluster, ActOrder order) {
    this.cluster = cluster;
    this.policy = cluster.streaming().orElseThrow();
    this.acts = new MemberActs(cluster, order);
    this.fences = new FenceActs(cluster);
    this.order = order;
  }

  private static String queue(Instance instance) {
    return ActivityPolicies.queueOf(instance.site());
  }

  private HostWork alone(Instance instance) {
    return WorkLists.on(cluster, instance);
  }

  private static ActivityOptions on(ActivityPolicies policy, Instance instance, String what) {
    return policy.options(queue(instance), what + " " + instance.id());
  }

  private Account account(Call call, Instance primary) {
    Replication replication = policy.replication();
    return new Account(
        call,
        cluster.policies().database(),
        WorkLists.server(cluster, primary),
        replication.login().user(),
        replication.login().password());
  }

  AccountActivities accounts(ActivityPolicies how, Instance primary) {
    return Workflow.newActivityStub(
        AccountActivities.class,
        how.options(queue(primary), "role " + policy.replication().login().user()));
  }

  AccountActivities.AccountObserved account(Instance primary, Call call) {
    return accounts(ActivityPolicies.OBSERVE, primary).observeAccount(account(call, primary));
  }

  AccountActivities.AccountSet makeAccount(Instance primary, Call call) {
    return accounts(ActivityPolicies.ENSURE_TO_ITS_END, primary)
        .ensureAccount(account(call, primary));
  }

  AccountActivities.AccountDropped dropAccount(ActivityPolicies how, Instance primary, Call call) {
    return accounts(how, primary).ensureNoAccount(account(call, primary));
  }

  /** Shows the host of a member this epoch, and looks at it under the same lock. */
  RolesObserved raiseEpoch(Instance member, Call call) {
    RoleActivities port =
        Workflow.newActivityStub(
            RoleActivities.class,
            on(ActivityPolicies.ENSURE_TO_ITS_END, member, "raise the epoch on the host of"));
    return order.act(
        member,
        call,
        now -> port.ensureEpochRaised(new RoleActivities.RaiseEpoch(now, alone(member))));
  }

  /** Fences a member that accepts writes beside the one that is kept, on its host. */
  Fenced fence(Instance rival, Call call) {
    return order.act(rival, call, now -> fences.fence(now, rival, rival.site(), List.of()));
  }

  AccessObserved access(Instance primary, Call call) {
    return accesses(ActivityPolicies.OBSERVE, primary, "read the access lines of")
        .observeAccess(new AccessActivities.ObserveAccess(call, alone(primary)));
  }

  /** Mooring's access lines of the primary. */
  List<String> lines(Instance primary, Call call) {
    AccessObserved seen = access(primary, call);
    FanOut.failOn(seen.failures());
    return seen.seen().get(0).lines();
  }

  /** Of those members; one whose host does not answer is reported, and does not block the run. */
  List<AccessObserved> accessOf(List<Instance> members, Call call) {
    return FanOut.onHostsThatAnswer(
        AccessActivities.class,
        members.stream().map(this::alone).toList(),
        work -> on(ActivityPolicies.OBSERVE, work.instances().get(0), "read the access lines of"),
        work -> new AccessActivities.ObserveAccess(call, work),
        port -> port::observeAccess,
        (work, silent) -> new AccessObserved(List.of(), silent));
  }

  List<AccessSet> setAccess(List<Instance> instances, List<String> lines, Call call) {
    return FanOut.onEach(
        instances,
        one -> {
          AccessActivities port =
              accesses(ActivityPolicies.ENSURE_TO_ITS_END, one, "set the access lines of");
          return order.act(
              one, call, now -> port.ensureAccess(new EnsureAccess(now, alone(one), lines)));
        });
  }

  /** Those of the lines that a worker writes: a person may have changed others. */
  AccessSet revertAccess(Instance instance, List<String> lines, Call call) {
    AccessActivities port =
        accesses(ActivityPolicies.UNDO, instance, "give back the access lines of");
    List<String> back = lines.stream().filter(EnsureAccess::writes).toList();
    return order.act(
        instance, call, now -> port.revertAccess(new EnsureAccess(now, alone(instance), back)));
  }

  private static AccessActivities accesses(ActivityPolicies how, Instance on, String what) {
    return Workflow.newActivityStub(AccessActivities.class, on(how, on, what));
  }

  SynchronousSet synchronous(Instance primary, SynchronousNames set, Call call) {
    return acts.setSynchronous(
        ActivityPolicies.ENSURE_TO_ITS_END, call, primary, set.names(), set.commit());
  }

  /** Gives back who commits waited for before. */
  SynchronousSet revertSynchronous(Instance primary, SynchronousNames before, Call call) {
    return acts.revertSynchronous(call, primary, before.names(), before.commit());
  }

  /**
   * Records on each member's host which member accepts writes; a member for which that fails is in
   * the failures. If Patroni promotes, the host of the named member checks its server all the same,
   * and the hosts of the others leave the decision to Patroni.
   *
   * @param reported takes each member whose host has recorded it
   */
  List<InstanceFailure> adopted(
      Instance writer, List<Instance> members, Call call, Consumer<InstanceId> reported) {
    List<Optional<TemporalFailure>> ended =
        FanOut.onEach(members, one -> adopted(writer, one, call));
    // those that were recorded first, since a stop of the run is thrown below
    for (int i = 0; i < ended.size(); i++) {
      if (ended.get(i).isEmpty()) {
        reported.accept(members.get(i).id());
      }
    }
    return silent(members, ended);
  }

  /** Each member is asked whatever another on its host answered: its server may be a rival. */
  private Optional<TemporalFailure> adopted(Instance writer, Instance member, Call call) {
    RoleActivities port = recording(member, "record the writer on the host of");
    return failure(
        member,
        call,
        now -> {
          Adopt adopt = new Adopt(now, alone(member), writer.id());
          return DrivenFromOutside.is(cluster) && !member.equals(writer)
              ? port.ensurePatroniLet(adopt)
              : port.ensureAdopted(adopt);
        });
  }

  private RoleActivities recording(Instance member, String what) {
    return Workflow.newActivityStub(
        RoleActivities.class, on(ActivityPolicies.ENSURE_TO_ITS_END, member, what));
  }

  private Optional<TemporalFailure> failure(Instance member, Call call, Function<Call, ?> act) {
    try {
      order.act(member, call, act);
      return Optional.empty();
    } catch (TemporalFailure failed) {
      return Optional.of(failed);
    }
  }

  /**
   * Records on those members' hosts that commits of the primary may wait for no standby; a member
   * for which that fails is in the failures.
   */
  List<InstanceFailure> recordRelaxation(
      Instance primary, TimelineId timeline, List<Instance> members, Call call) {
    return relaxation(
        members,
        call,
        "record relaxed commits on the host of",
        (port, now, on) ->
            port.ensureRelaxationRecorded(new SetRelaxation(now, on, primary.id(), timeline)));
  }

  /** Removes that record; a member for which that fails is in the failures. */
  List<InstanceFailure> clearRelaxation(
      Instance primary, TimelineId timeline, List<Instance> members, Call call) {
    return relaxation(
        members,
        call,
        "clear relaxed commits on the host of",
        (port, now, on) ->
            port.ensureRelaxationCleared(new SetRelaxation(now, on, primary.id(), timeline)));
  }

  private interface SetsRelaxation {
    RelaxationSet on(RoleActivities port, Call now, HostWork on);
  }

  private List<InstanceFailure> relaxation(
      List<Instance> members, Call call, String what, SetsRelaxation act) {
    return silent(
        members,
        FanOut.onEach(
            members,
            member -> {
              RoleActivities port = recording(member, what);
              return failure(member, call, now -> act.on(port, now, alone(member)));
            }));
  }

  private static List<InstanceFailure> silent(
      List<Instance> members, List<Optional<TemporalFailure>> ended) {
    List<InstanceFailure> silent = new ArrayList<>();
    for (int i = 0; i < ended.size(); i++) {
      List<Instance> one = List.of(members.get(i));
      ended.get(i).ifPresent(why -> silent.addAll(FanOut.silent(one, why)));
    }
    return silent;
  }
}
