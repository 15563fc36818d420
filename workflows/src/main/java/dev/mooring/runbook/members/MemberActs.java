package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.HostWork;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.Detach;
import dev.mooring.port.ReplicationActivities.Detached;
import dev.mooring.port.ReplicationActivities.EnsureSlots;
import dev.mooring.port.ReplicationActivities.SlotsSet;
import dev.mooring.port.RoleActivities;
import dev.mooring.port.RoleActivities.Adopted;
import dev.mooring.port.RoleActivities.Authority;
import dev.mooring.port.RoleActivities.Follow;
import dev.mooring.port.RoleActivities.Following;
import dev.mooring.port.RoleActivities.NameNobody;
import dev.mooring.port.RoleActivities.SetSynchronous;
import dev.mooring.port.RoleActivities.SynchronousSet;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Acts on members that several runbooks share: slots, and the upstream of a standby. */
public final class MemberActs {
  private static final Duration DETACHED_WITHIN = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final ActOrder order;

  /** If no other object acts on a member in the same step; else pass the run's order. */
  public MemberActs(Cluster cluster) {
    this(cluster, new ActOrder());
  }

  /**
   * Of that cluster's members.
   *
   * @param order of all acts of the run
   */
  public MemberActs(Cluster cluster, ActOrder order) {
    this.cluster = cluster;
    this.order = order;
  }

  /**
   * Creates and drops replication slots.
   *
   * @param present slots that must exist
   * @param absent slots that must not exist
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

  /** Ends the walsenders of these standbys at the primary that they follow. */
  public Detached detach(Call call, Instance from, List<Instance> standbys) {
    return Workflow.newActivityStub(
            ReplicationActivities.class,
            ActivityPolicies.ENSURE.options(
                ActivityPolicies.queueOf(from.site()), "end walsenders of " + from.id()))
        .ensureDetached(
            new Detach(
                call,
                cluster.policies().database(),
                WorkLists.server(cluster, from),
                standbys.stream().map(cluster::applicationName).toList(),
                DETACHED_WITHIN));
  }

  /**
   * Acts on the hosts in parallel, and on the members of one host one after another, because an act
   * holds the host's lock. A member that fails does not stop the others; if its host is silent, the
   * remaining members of that host fail for the same reason.
   *
   * @return the members that failed, and the failure
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

  /** Makes a standby stream from the first of these; from no server if there is none. */
  public Following follow(
      ActivityPolicies policy, Call call, Instance standby, List<Instance> upstreams) {
    return connect(
        policy, call, standby, upstreams.stream().map(one -> upstream(one, standby)).toList());
  }

  /** The same by these connections. */
  public Following connect(
      ActivityPolicies policy, Call call, Instance standby, List<Upstream> upstreams) {
    String from =
        upstreams.stream()
            .map(one -> " follow " + one.instance())
            .findFirst()
            .orElse(" stream from no server");
    String restore = restoreCommand(standby);
    List<InstanceId> ofHost =
        cluster.members().stream()
            .filter(one -> new Move(cluster, standby, one).sharesHost())
            .map(Instance::id)
            .toList();
    return acted(
        policy,
        "let " + standby.id() + from,
        standby,
        call,
        (port, now, on) ->
            port.ensureFollowing(
                new Follow(
                    now,
                    on,
                    upstreams,
                    restore,
                    ofHost,
                    cluster.policies().database().database())));
  }

  /**
   * Records on the host of an instance that no instance there may write.
   *
   * @param since the authority that another host has
   */
  public Adopted nameNobody(Call call, Instance on, Authority since) {
    return acted(
        ActivityPolicies.ENSURE,
        "record on the host of " + on.id() + " that no instance may write",
        on,
        call,
        (port, now, work) ->
            port.ensureNobodyNamed(new NameNobody(now, work, since.epoch(), since.run())));
  }

  /** Sets synchronous_standby_names of a primary. */
  public SynchronousSet setSynchronous(
      ActivityPolicies policy, Call call, Instance primary, String names, String commit) {
    return acted(
        policy,
        "set synchronous_standby_names of " + primary.id(),
        primary,
        call,
        (port, now, on) -> port.ensureSynchronousSet(new SetSynchronous(now, on, names, commit)));
  }

  /** Restores what commits waited for before. */
  public SynchronousSet revertSynchronous(
      Call call, Instance primary, String before, String commit) {
    return acted(
        ActivityPolicies.UNDO,
        "restore synchronous_standby_names of " + primary.id(),
        primary,
        call,
        (port, now, on) -> port.revertSynchronousSet(new SetSynchronous(now, on, before, commit)));
  }

  private interface Act<T> {
    T of(RoleActivities port, Call call, HostWork on);
  }

  private <T> T acted(
      ActivityPolicies policy, String summary, Instance member, Call call, Act<T> act) {
    RoleActivities port =
        Workflow.newActivityStub(
            RoleActivities.class, policy.options(ActivityPolicies.queueOf(member.site()), summary));
    return order.act(member, call, now -> act.of(port, now, WorkLists.on(cluster, member)));
  }

  /** The connection of a standby to its upstream, with its own name and slot. */
  public Upstream upstream(Instance from, Instance standby) {
    return upstream(from, cluster.applicationName(standby), cluster.slotName(standby));
  }

  /**
   * The connection of a standby to its upstream.
   *
   * @param application its application_name at the upstream
   * @param slot its slot there, or empty
   */
  public Upstream upstream(Instance from, String application, String slot) {
    Replication replication = cluster.streaming().orElseThrow().replication();
    return new Upstream(
        from.id(),
        cluster.host(from.host()).access().address(),
        from.port(),
        replication.login(),
        application,
        slot);
  }

  /** The restore_command of a standby. */
  public String restoreCommand(Instance standby) {
    return cluster.site(standby.site()).orElseThrow().archive().restoreCommandOf(standby.content());
  }
}
