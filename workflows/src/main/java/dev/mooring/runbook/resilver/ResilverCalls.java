package dev.mooring.runbook.resilver;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities;
import dev.mooring.port.CopyActivities.AwaitCopied;
import dev.mooring.port.CopyActivities.Copy;
import dev.mooring.port.CopyActivities.CopyAwaited;
import dev.mooring.port.CopyActivities.CopyState;
import dev.mooring.port.CopyActivities.DirectoriesObserved;
import dev.mooring.port.CopyActivities.KeepWal;
import dev.mooring.port.CopyActivities.ObserveDirectories;
import dev.mooring.port.CopyActivities.WalKept;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.EnsureCheckpointed;
import dev.mooring.port.HostWork;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.AwaitStreaming;
import dev.mooring.port.ReplicationActivities.EnsureSlots;
import dev.mooring.port.ReplicationActivities.EnsureWritten;
import dev.mooring.port.ReplicationActivities.ObserveReplication;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.Follow;
import dev.mooring.port.RoleActivities.Following;
import dev.mooring.port.RoleActivities.ObserveRoles;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.postgres.Lsn;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.PublishPolicy;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;

/** The port calls of one Resilver, each with its queue, its policy and its summary. */
final class ResilverCalls {
  private static final Duration A_WRITE = Duration.ofSeconds(5);
  private static final Duration AFTER_ITS_LIMIT = Duration.ofMinutes(1);

  private final Cluster cluster;

  ResilverCalls(Cluster cluster) {
    this.cluster = cluster;
  }

  private String queueOf(Instance instance) {
    return ActivityPolicies.queueOf(instance.site());
  }

  SiteName home() {
    return cluster.policies().publish().site();
  }

  ReplicationObserved observeReplication(Call call, List<Instance> members) {
    return Workflow.newActivityStub(
            ReplicationActivities.class,
            ActivityPolicies.OBSERVE.options(
                ActivityPolicies.queueOf(home()), "ask " + members.size() + " members over SQL"))
        .observeReplication(
            new ObserveReplication(
                call, cluster.policies().database(), WorkLists.servers(cluster, members)));
  }

  /** What a primary says of its timeline lags behind a promotion until its next checkpoint. */
  void checkpoint(Call call, Instance primary) {
    FanOut.failOn(
        Workflow.newActivityStub(
                DatabaseActivities.class,
                ActivityPolicies.CHECKPOINT.options(
                    queueOf(primary), "checkpoint on " + primary.id()))
            .ensureCheckpointed(
                new EnsureCheckpointed(
                    call,
                    cluster.policies().database(),
                    WorkLists.servers(cluster, List.of(primary)),
                    PublishPolicy.CheckpointBeforePoint.IMMEDIATE))
            .failures());
  }

  List<DirectoriesObserved> observeDirectories(Call call, List<Instance> instances) {
    return FanOut.onHosts(
        CopyActivities.class,
        WorkLists.byHost(cluster, instances),
        work -> observing(work, "look at directories on "),
        work -> new ObserveDirectories(call, work),
        port -> port::observeDirectories);
  }

  List<RolesObserved> observeRoles(Call call, List<Instance> instances) {
    return FanOut.onHosts(
        RoleActivities.class,
        WorkLists.byHost(cluster, instances),
        work -> observing(work, "see who may write by "),
        work -> new ObserveRoles(call, work),
        port -> port::observeRoles);
  }

  private ActivityOptions observing(HostWork work, String what) {
    return ActivityPolicies.OBSERVE.options(
        queueOf(work.instances().get(0)), what + work.host().name());
  }

  SlotsSet slots(Call call, Instance on, List<String> present, List<String> absent) {
    ActivityPolicies policy = absent.isEmpty() ? ActivityPolicies.ENSURE : ActivityPolicies.UNDO;
    return Workflow.newActivityStub(
            ReplicationActivities.class, policy.options(queueOf(on), "slots on " + on.id()))
        .ensureSlots(
            new EnsureSlots(
                call,
                cluster.policies().database(),
                WorkLists.servers(cluster, List.of(on)).get(0),
                present,
                absent));
  }

  WalKept keepWal(Call call, Instance instance, List<Lsn> from) {
    Duration atMost = policy().timeout();
    return Workflow.newActivityStub(
            CopyActivities.class,
            ActivityPolicies.await(queueOf(instance), "keep WAL of " + instance.id(), atMost))
        .ensureWalKept(new KeepWal(call, workOf(instance), from));
  }

  private dev.mooring.topology.StreamingPolicy.Resilver policy() {
    return cluster.streaming().orElseThrow().resilver();
  }

  HostWork workOf(Instance instance) {
    return new HostWork(cluster.host(instance.host()), List.of(instance));
  }

  /** Begins it and waits for its end; one that died is begun anew as often as it is worth it. */
  CopyAwaited copied(Copy copy, int attempts) {
    Instance instance = copy.on().instances().get(0);
    CopyAwaited ended = null;
    for (int attempt = 0; attempt < attempts; attempt++) {
      copies(ActivityPolicies.ENSURE, instance, "begin to make").ensureCopying(copy);
      Duration atMost = copy.limits().atMost().plus(AFTER_ITS_LIMIT);
      ended =
          Workflow.newActivityStub(
                  CopyActivities.class,
                  ActivityPolicies.await(
                      queueOf(instance), "wait for " + instance.id() + " to be made", atMost))
              .awaitCopied(new AwaitCopied(copy, atMost));
      if (ended.state() != CopyState.DIED) {
        return ended;
      }
    }
    return java.util.Objects.requireNonNull(ended, "a copy is begun once at least");
  }

  CopyActivities copies(ActivityPolicies policy, Instance instance, String what) {
    return Workflow.newActivityStub(
        CopyActivities.class, policy.options(queueOf(instance), what + " " + instance.id()));
  }

  Following follow(Instance instance, Follow follow) {
    return Workflow.newActivityStub(
            RoleActivities.class,
            ActivityPolicies.ENSURE.options(queueOf(instance), "let " + instance.id() + " follow"))
        .ensureFollowing(follow);
  }

  StandbysAwaited awaitStreaming(
      Call call, Instance primary, List<Instance> standbys, Duration atMost) {
    return Workflow.newActivityStub(
            ReplicationActivities.class,
            ActivityPolicies.await(
                queueOf(primary), "wait until " + standbys.size() + " stream", atMost))
        .awaitStreaming(
            new AwaitStreaming(
                call,
                cluster.policies().database(),
                WorkLists.servers(cluster, List.of(primary)).get(0),
                WorkLists.servers(cluster, standbys),
                atMost));
  }

  WriteRefused refusesWrites(Call call, Instance standby) {
    return Workflow.newActivityStub(
            ReplicationActivities.class,
            ActivityPolicies.OBSERVE.options(
                queueOf(standby), "see that " + standby.id() + " refuses writes"))
        .observeWriteRefused(
            new EnsureWritten(
                call,
                cluster.policies().database(),
                WorkLists.servers(cluster, List.of(standby)).get(0),
                A_WRITE));
  }
}
