package dev.mooring.runbook.resilver;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities;
import dev.mooring.port.CopyActivities.AwaitCopied;
import dev.mooring.port.CopyActivities.CommandRun;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.DirectoriesObserved;
import dev.mooring.port.CopyActivities.KeepWal;
import dev.mooring.port.CopyActivities.ObserveDirectories;
import dev.mooring.port.CopyActivities.RunCommand;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.port.HostWork;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.Follow;
import dev.mooring.port.RoleActivities.Following;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.runbook.ArchiveLooks;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.MemberActs;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.members.MemberRoles;
import dev.mooring.runbook.members.MemberWrites;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.HostName;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowSemaphore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The port calls of one Resilver, each with its queue, its policy and its summary. */
final class ResilverCalls {
  private static final Duration A_WRITE = Duration.ofSeconds(5);
  private static final Duration AFTER_ITS_LIMIT = Duration.ofMinutes(1);

  private final Cluster cluster;
  private final SortedMap<HostName, WorkflowSemaphore> acting = new TreeMap<>();
  private final MemberObservations members;
  private final MemberActs memberActs;
  private int acts;

  ResilverCalls(Cluster cluster) {
    this.cluster = cluster;
    this.members = new MemberObservations(cluster);
    this.memberActs = new MemberActs(cluster);
    cluster.hosts().forEach(h -> acting.put(h.name(), Workflow.newWorkflowSemaphore(1)));
  }

  /**
   * Lets a step act on a host where it acts more than once: one act after another, since each keeps
   * the host's lock, and under its own number, so that one that was tried twice does not stand in
   * the way of the next on its instance.
   */
  private <T> T acted(Instance on, Call call, Function<Call, T> act) {
    WorkflowSemaphore one =
        Objects.requireNonNull(acting.get(on.host()), "each host has its acts one by one");
    one.acquire();
    try {
      acts++;
      return act.apply(call.asAct(acts));
    } finally {
      one.release();
    }
  }

  private String queueOf(Instance instance) {
    return ActivityPolicies.queueOf(instance.site());
  }

  /** Asks every site about its own members, all at once. */
  ReplicationObserved observeMembers(Call call) {
    List<MemberObserved> seen = new ArrayList<>();
    List<InstanceFailure> silent = new ArrayList<>();
    for (Promise<ReplicationObserved> answer :
        members.askBySite(ActivityPolicies.OBSERVE, call, cluster.members())) {
      seen.addAll(answer.get().members());
      silent.addAll(answer.get().failures());
    }
    return new ReplicationObserved(seen, silent);
  }

  /** Asks members of one site. */
  ReplicationObserved observeReplication(Call call, SiteName site, List<Instance> which) {
    return members.read(
        ActivityPolicies.OBSERVE.options(
            ActivityPolicies.queueOf(site), "ask " + which.size() + " members over SQL"),
        call,
        which);
  }

  List<DirectoriesObserved> observeDirectories(
      Call call, List<Instance> instances, List<String> places) {
    return FanOut.onHosts(
        CopyActivities.class,
        WorkLists.byHost(cluster, instances),
        work -> observing(work, "look at directories on "),
        work -> new ObserveDirectories(call, work, places),
        port -> port::observeDirectories);
  }

  /** The same, where a host answered and had no time to read WAL to its end. */
  List<DirectoriesObserved> observeDirectoriesPatiently(
      Call call, List<Instance> instances, List<String> places) {
    return FanOut.onHosts(
        CopyActivities.class,
        WorkLists.byHost(cluster, instances),
        work ->
            ActivityPolicies.await(
                ActivityPolicies.queueOf(work.site()),
                "read WAL to its end on " + work.inWords(),
                CopyActivities.LOOKING_AT_MOST),
        work -> new ObserveDirectories(call, work, places, true),
        port -> port::observeDirectories);
  }

  /**
   * Looks for timelines after the primary's in the archives that instances restore from, each on
   * the instance's own host; one that can't be looked at is reported, and does not block the run.
   */
  ArchiveLooks.Seen observeArchives(
      Call call, List<Instance> instances, MemberObserved primary, WalSegmentSize size) {
    ArchiveLooks looks = new ArchiveLooks(cluster, call);
    instances.forEach(
        one ->
            looks.begin(
                one, "look for timelines in the archive of " + one.id(), primary, size, List.of()));
    return looks.heard();
  }

  /**
   * Asks all hosts of members; one that does not answer is reported, and does not block the run.
   */
  MemberRoles observeRoles(Call call) {
    return MemberRoles.of(members.rolesBySite(call));
  }

  private ActivityOptions observing(HostWork work, String what) {
    return ActivityPolicies.OBSERVE.options(
        ActivityPolicies.queueOf(work.site()), what + work.inWords());
  }

  SlotsSet slots(Call call, Instance on, List<String> present, List<String> absent) {
    ActivityPolicies policy = absent.isEmpty() ? ActivityPolicies.ENSURE : ActivityPolicies.UNDO;
    return memberActs.slots(policy, call, on, present, absent);
  }

  WalKept keepWal(Call call, Instance instance, List<Lsn> from) {
    CopyActivities port =
        Workflow.newActivityStub(
            CopyActivities.class,
            ActivityPolicies.await(
                queueOf(instance), "keep WAL of " + instance.id(), CopyActivities.KEEPING_AT_MOST));
    return acted(
        instance, call, now -> port.ensureWalKept(new KeepWal(now, workOf(instance), from)));
  }

  HostWork workOf(Instance instance) {
    return WorkLists.on(cluster, instance);
  }

  /** A command that ends badly is not run again: only one whose worker is lost. */
  CommandRun command(Call call, Instance instance, InstanceId primary, OwnCommand command) {
    CopyActivities port =
        Workflow.newActivityStub(
            CopyActivities.class,
            ActivityPolicies.withoutInsisting(
                queueOf(instance),
                "run " + command.setting() + " for " + instance.id(),
                command.within().multipliedBy(2).plus(AFTER_ITS_LIMIT)));
    return acted(
        instance,
        call,
        now ->
            port.ensureCommandRun(
                new RunCommand(
                    now,
                    workOf(instance),
                    command.setting(),
                    command.template(),
                    primary,
                    command.within())));
  }

  /** Begins it, or finds the one that was begun, and waits for its end. */
  CopyAwaited copied(Copy copy) {
    Instance instance = copy.on().instances().get(0);
    CopyActivities begins = copies(ActivityPolicies.ENSURE, instance, "begin to make");
    acted(instance, copy.call(), now -> begins.ensureCopying(copy.by(now)));
    Duration atMost = copy.limits().atMost().plus(AFTER_ITS_LIMIT);
    return Workflow.newActivityStub(
            CopyActivities.class,
            ActivityPolicies.await(
                queueOf(instance), "wait for " + instance.id() + " to be made", atMost))
        .awaitCopied(new AwaitCopied(copy, atMost));
  }

  /** Lets an act on a copy be done. */
  <T> T onCopy(
      ActivityPolicies policy, String what, Copy copy, BiFunction<CopyActivities, Copy, T> act) {
    Instance instance = copy.on().instances().get(0);
    CopyActivities port = copies(policy, instance, what);
    return acted(instance, copy.call(), now -> act.apply(port, copy.by(now)));
  }

  private CopyActivities copies(ActivityPolicies policy, Instance instance, String what) {
    return Workflow.newActivityStub(
        CopyActivities.class, policy.options(queueOf(instance), what + " " + instance.id()));
  }

  Following follow(Instance instance, Follow follow) {
    RoleActivities port =
        Workflow.newActivityStub(
            RoleActivities.class,
            ActivityPolicies.ENSURE.options(queueOf(instance), "let " + instance.id() + " follow"));
    return acted(
        instance,
        follow.call(),
        now ->
            port.ensureFollowing(
                new Follow(now, follow.on(), follow.upstream(), follow.restoreCommand())));
  }

  WriteRefused refusesWrites(Call call, Instance standby) {
    return new MemberWrites(cluster).refused(call, standby, A_WRITE);
  }
}
