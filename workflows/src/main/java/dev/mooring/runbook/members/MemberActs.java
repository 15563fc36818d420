package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.EnsureSlots;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.port.RoleActivities.Follow;
import dev.mooring.port.RoleActivities.Upstream;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy.Replication;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Acts on members that several runbooks make: slots, and whom a standby follows. */
public final class MemberActs {
  private final Cluster cluster;

  /** On that cluster's members. */
  public MemberActs(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Makes and drops replication slots.
   *
   * @param present those that are to be there
   * @param absent those that are to be gone
   */
  public SlotsSet slots(
      ActivityPolicies policy, Call call, Instance on, List<String> present, List<String> absent) {
    return Workflow.newActivityStub(
            ReplicationActivities.class,
            policy.options(ActivityPolicies.queueOf(on.site()), "slots of " + on.id()))
        .ensureSlots(
            new EnsureSlots(
                call,
                cluster.policies().database(),
                WorkLists.server(cluster, on),
                present,
                absent));
  }

  /**
   * Acts on each, on those of one host one after another, since an act keeps the host's lock; one
   * that fails keeps no other from its turn, unless its host is silent: then the rest of that host
   * failed by the same.
   *
   * @return those that failed, and by what
   */
  public SortedMap<InstanceId, TemporalFailure> onEach(
      List<Instance> members, Consumer<Instance> act) {
    SortedMap<InstanceId, TemporalFailure> failed = new TreeMap<>();
    List<Promise<Void>> hosts = new ArrayList<>();
    for (HostWork host : WorkLists.byHost(cluster, members)) {
      hosts.add(Async.procedure(() -> inTurn(host, act, failed)));
    }
    hosts.forEach(Promise::get);
    return failed;
  }

  private static void inTurn(
      HostWork host, Consumer<Instance> act, SortedMap<InstanceId, TemporalFailure> failed) {
    Optional<TemporalFailure> silence = Optional.empty();
    for (Instance member : host.instances()) {
      if (silence.isPresent()) {
        failed.put(member.id(), silence.get());
        continue;
      }
      try {
        act.accept(member);
      } catch (TemporalFailure e) {
        failed.put(member.id(), e);
        silence = Optional.of(e).filter(Explained::isHostSilent);
      }
    }
  }

  /** What a standby is told to follow. */
  public Follow following(Call call, Instance standby, List<Upstream> upstreams) {
    return new Follow(call, WorkLists.on(cluster, standby), upstreams, restoreCommand(standby));
  }

  /** The connection of a standby to what it streams from, under its own name and slot. */
  public Upstream upstream(Instance from, Instance standby) {
    return upstream(from, standby.replicationName(), standby.replicationName());
  }

  /**
   * The same.
   *
   * @param application the name that the sender knows it by
   * @param slot that it holds, or empty
   */
  public Upstream upstream(Instance from, String application, String slot) {
    Replication replication = cluster.streaming().orElseThrow().replication();
    return new Upstream(
        from.id(),
        cluster.host(from.host()).access().address(),
        from.port(),
        replication.user(),
        replication.password(),
        replication.sslMode(),
        replication.sslRootCertificate(),
        application,
        slot);
  }

  /** What a standby restores WAL with. */
  public String restoreCommand(Instance standby) {
    return cluster.site(standby.site()).orElseThrow().archive().restoreCommandOf(standby.content());
  }
}
