package dev.mooring.runbook.replication;

import dev.mooring.authority.Epoch;
import dev.mooring.port.AccessActivities;
import dev.mooring.port.AccessActivities.AccessObserved;
import dev.mooring.port.AccessActivities.AccessSet;
import dev.mooring.port.AccountActivities;
import dev.mooring.port.AccountActivities.Account;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities;
import dev.mooring.port.CopyActivities.AwaitCopied;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyLimits;
import dev.mooring.port.CopyActivities.CopyPlaced;
import dev.mooring.port.CopyActivities.CopyReverted;
import dev.mooring.port.CopyActivities.CopyRuns;
import dev.mooring.port.CopyActivities.DirectoriesObserved;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.CopyActivities.OwnSetting;
import dev.mooring.port.CopyActivities.Source;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.DirectorySpace.Elsewhere;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.FailoverActivities.Fence;
import dev.mooring.port.FailoverActivities.Fenced;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.Adopt;
import dev.mooring.port.RoleActivities.Adopted;
import dev.mooring.port.RoleActivities.Follow;
import dev.mooring.port.RoleActivities.Following;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.port.RoleActivities.SetSynchronous;
import dev.mooring.port.RoleActivities.SynchronousSet;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.runbook.DrivenFromOutside;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.CatchUp;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import dev.mooring.topology.StreamingPolicy.Replication;
import dev.mooring.topology.Upstreams;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a setup and a removal ask of hosts and of the primary. */
final class SetupCalls {
  /** A standby that was just made replays what was written meanwhile. */
  static final Duration STREAMS_WITHIN = Duration.ofMinutes(2);

  private final Cluster cluster;
  private final StreamingPolicy policy;
  private final MemberActs memberActs;
  private int acts;

  /**
   * What base backups are made from.
   *
   * @param system whose data a member's own is
   * @param elsewhere where the primary has its tablespaces
   */
  record Original(Instance primary, SystemIdentifier system, List<Elsewhere> elsewhere) {
    Original {
      elsewhere = List.copyOf(elsewhere);
    }
  }

  SetupCalls(Cluster cluster) {
    this.cluster = cluster;
    this.policy = cluster.streaming().orElseThrow();
    this.memberActs = new MemberActs(cluster);
  }

  private static String queue(Instance instance) {
    return ActivityPolicies.queueOf(instance.site());
  }

  private HostWork alone(Instance instance) {
    return WorkLists.on(cluster, instance);
  }

  /**
   * The next act: without a number of its own one would be refused where one before it, on the same
   * instance and of the same step, needed another attempt.
   */
  private Call next(Call call) {
    acts++;
    return call.asAct(acts);
  }

  private List<HostWork> each(List<Instance> instances) {
    return instances.stream().map(this::alone).toList();
  }

  private static ActivityOptions on(ActivityPolicies policy, HostWork work, String what) {
    Instance first = work.instances().get(0);
    return policy.options(queue(first), what + " " + first.id());
  }

  private Server server(Instance instance) {
    return WorkLists.server(cluster, instance);
  }

  private Account account(Call call, Instance primary) {
    Replication replication = policy.replication();
    return new Account(
        call,
        cluster.policies().database(),
        server(primary),
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

  /**
   * Of members; one whose host does not answer is told, and judged by who needs it.
   *
   * @param places where the primary has its tablespaces
   */
  List<DirectoriesObserved> directories(List<Instance> instances, List<String> places, Call call) {
    return FanOut.onHostsThatAnswer(
        CopyActivities.class,
        WorkLists.byHost(cluster, instances),
        work -> on(ActivityPolicies.OBSERVE, work, "look at the data directory of"),
        work -> new CopyActivities.ObserveDirectories(call, work, places),
        port -> port::observeDirectories,
        (work, silent) -> new DirectoriesObserved(work.host().name(), List.of(), silent));
  }

  /** Of those whose hosts told who may write; of one that can't be looked at nothing. */
  List<DirectorySeen> directoriesOf(List<RoleActivities.InstanceRole> told, Call call) {
    List<Instance> there =
        cluster.members().stream()
            .filter(one -> told.stream().anyMatch(role -> role.instance().equals(one.id())))
            .toList();
    return directories(there, List.of(), call).stream()
        .flatMap(host -> host.seen().stream())
        .toList();
  }

  /** Of every member; one whose host does not answer is reported, and does not block the run. */
  List<RolesObserved> roles(Call call) {
    return FanOut.onHostsThatAnswer(
        RoleActivities.class,
        WorkLists.byHost(cluster, cluster.members()),
        work -> on(ActivityPolicies.OBSERVE, work, "read the authority on the host of"),
        work -> new RoleActivities.ObserveRoles(call, work),
        port -> port::observeRoles,
        (work, silent) -> new RolesObserved(work.host().name(), Epoch.NONE, List.of(), silent));
  }

  /** Shows the host of a member this epoch, and looks at it under the same lock. */
  RolesObserved raiseEpoch(Instance member, Call call) {
    HostWork work = alone(member);
    return Workflow.newActivityStub(
            RoleActivities.class,
            on(ActivityPolicies.ENSURE_TO_ITS_END, work, "raise the epoch on the host of"))
        .ensureEpochRaised(new RoleActivities.RaiseEpoch(next(call), work));
  }

  /** Fences a member that accepts writes beside the one that is kept, on its host. */
  Fenced fence(Instance rival, Call call) {
    Duration endWithin = policy.failover().endWithin();
    return Workflow.newActivityStub(
            FailoverActivities.class, ActivityPolicies.fence(queue(rival), rival.id(), endWithin))
        .ensureFenced(new Fence(next(call), alone(rival), endWithin, List.of()));
  }

  AccessObserved access(Instance primary, Call call) {
    HostWork work = alone(primary);
    return Workflow.newActivityStub(
            AccessActivities.class, on(ActivityPolicies.OBSERVE, work, "read the access lines of"))
        .observeAccess(new AccessActivities.ObserveAccess(call, work));
  }

  /** The members that stay when those go. */
  List<Instance> staying(List<Instance> going) {
    return RemovalPlan.staying(cluster, going);
  }

  /** Of those members; one whose host does not answer is reported, and does not block the run. */
  List<AccessObserved> accessOf(List<Instance> members, Call call) {
    return FanOut.onHostsThatAnswer(
        AccessActivities.class,
        each(members),
        work -> on(ActivityPolicies.OBSERVE, work, "read the access lines of"),
        work -> new AccessActivities.ObserveAccess(call, work),
        port -> port::observeAccess,
        (work, silent) -> new AccessObserved(List.of(), silent));
  }

  List<AccessSet> setAccess(List<Instance> instances, List<String> lines, Call call) {
    return FanOut.onHostsInTurn(
        AccessActivities.class,
        each(instances),
        work -> on(ActivityPolicies.ENSURE_TO_ITS_END, work, "set the access lines of"),
        work -> new AccessActivities.EnsureAccess(next(call), work, lines),
        port -> port::ensureAccess);
  }

  AccessSet revertAccess(Instance instance, List<String> lines, Call call) {
    HostWork work = alone(instance);
    return Workflow.newActivityStub(
            AccessActivities.class,
            on(ActivityPolicies.UNDO, work, "give back the access lines of"))
        .revertAccess(new AccessActivities.EnsureAccess(next(call), work, lines));
  }

  SlotsSet slots(
      ActivityPolicies how, Instance sender, List<String> present, List<String> absent, Call call) {
    return memberActs.slots(how, call, sender, present, absent);
  }

  private Instance sender(Instance standby, Instance primary) {
    return Upstreams.of(cluster, primary).of(standby).orElse(primary);
  }

  private Upstream upstream(Instance standby, Instance primary) {
    return upstream(standby, primary, standby.replicationName());
  }

  private Upstream upstream(Instance standby, Instance primary, String application) {
    return memberActs.upstream(
        sender(standby, primary),
        application,
        standby.upstream().equals(Instance.ARCHIVE) ? "" : standby.replicationName());
  }

  private Copy copy(HostWork work, Original original, Call call) {
    Instance standby = work.instances().get(0);
    return new Copy(
        call,
        work,
        CopyActivities.Way.BASE_BACKUP,
        new Source(
            upstream(standby, original.primary(), Source.APPLICATION),
            cluster.policies().database().database(),
            memberActs.restoreCommand(standby),
            original.elsewhere()),
        new CopyLimits(policy.resilver().bytesPerSecond(), policy.resilver().timeout(), true),
        List.of(
            new OwnSetting("port", String.valueOf(standby.port())),
            new OwnSetting("listen_addresses", work.host().access().address())),
        List.of(original.system()));
  }

  List<CopyRuns> beginCopies(List<Instance> standbys, Original original, Call call) {
    return FanOut.onHostsInTurn(
        CopyActivities.class,
        each(standbys),
        work -> on(ActivityPolicies.ENSURE_TO_ITS_END, work, "begin the base backup of"),
        work -> copy(work, original, next(call)),
        port -> port::ensureCopying);
  }

  List<CopyAwaited> awaitCopies(List<Instance> standbys, Original original, Call call) {
    Duration atMost = policy.resilver().timeout();
    return FanOut.onHosts(
        CopyActivities.class,
        each(standbys),
        work ->
            ActivityPolicies.await(
                queue(work.instances().get(0)),
                "wait for the base backup of " + work.instances().get(0).id(),
                atMost),
        work -> new AwaitCopied(copy(work, original, call), atMost),
        port -> port::awaitCopied);
  }

  List<CopyPlaced> placeCopies(List<Instance> standbys, Original original, Call call) {
    return FanOut.onHostsInTurn(
        CopyActivities.class,
        each(standbys),
        work -> on(ActivityPolicies.ENSURE_TO_ITS_END, work, "place the base backup of"),
        work -> copy(work, original, next(call)),
        port -> port::ensurePlaced);
  }

  List<CopyReverted> revertCopies(List<Instance> standbys, Original original, Call call) {
    return FanOut.onHostsInTurn(
        CopyActivities.class,
        each(standbys),
        work -> on(ActivityPolicies.UNDO, work, "take back the base backup of"),
        work -> copy(work, original, next(call)),
        port -> port::revertCopying);
  }

  List<Following> follow(List<Instance> standbys, Instance primary, Call call) {
    return FanOut.onHostsInTurn(
        RoleActivities.class,
        each(standbys),
        work -> on(ActivityPolicies.ENSURE_TO_ITS_END, work, "let follow"),
        work -> follow(work, primary, next(call)),
        port -> port::ensureFollowing);
  }

  private Follow follow(HostWork work, Instance primary, Call call) {
    Instance standby = work.instances().get(0);
    List<Upstream> from = new ArrayList<>();
    if (!standby.upstream().equals(Instance.ARCHIVE)) {
      from.add(upstream(standby, primary));
    }
    return memberActs.following(call, standby, from);
  }

  StandbysAwaited awaitStreaming(Instance primary, List<Instance> standbys, Call call) {
    return new CatchUp(cluster).await(call, primary, standbys, STREAMS_WITHIN, List.of());
  }

  SynchronousSet synchronous(Instance primary, SynchronousNames set, Call call) {
    HostWork work = alone(primary);
    return Workflow.newActivityStub(
            RoleActivities.class,
            on(ActivityPolicies.ENSURE_TO_ITS_END, work, "set synchronous_standby_names at"))
        .ensureSynchronousSet(new SetSynchronous(next(call), work, set.names(), set.commit()));
  }

  /** Gives back who commits waited for before. */
  SynchronousSet revertSynchronous(Instance primary, SynchronousNames before, Call call) {
    HostWork work = alone(primary);
    return Workflow.newActivityStub(
            RoleActivities.class,
            on(ActivityPolicies.UNDO, work, "restore synchronous_standby_names at"))
        .revertSynchronousSet(
            new SetSynchronous(next(call), work, before.names(), before.commit()));
  }

  /**
   * Each member's host is told who accepts writes; one that does not answer is in the failures.
   * Where Patroni promotes, the one that is to be named is looked at on its host all the same, and
   * the others are left to Patroni.
   *
   * @param told takes each that was
   */
  List<InstanceFailure> adopted(
      Instance writer, List<Instance> members, Call call, Consumer<InstanceId> told) {
    List<InstanceFailure> silent = new ArrayList<>();
    for (List<HostWork> turn : FanOut.turns(each(members))) {
      FanOut.onHostsThatAnswer(
          RoleActivities.class,
          turn,
          work -> on(ActivityPolicies.ENSURE_TO_ITS_END, work, "record the writer on the host of"),
          work -> new Adopt(next(call), work, writer.id()),
          port ->
              DrivenFromOutside.is(cluster) && !members.contains(writer)
                  ? port::ensurePatroniLet
                  : port::ensureAdopted,
          (work, failures) -> {
            silent.addAll(failures);
            return new Adopted(work.instances().get(0).id(), "");
          });
      turn.stream()
          .map(work -> work.instances().get(0).id())
          .filter(id -> silent.stream().noneMatch(one -> one.instance().equals(id)))
          .forEach(told);
    }
    return silent;
  }
}
