package dev.mooring.runbook.replication;

import dev.mooring.authority.Epoch;
import dev.mooring.port.Call;
import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.port.RoleActivities.RolesObserved;
import dev.mooring.runbook.FanOut;
import dev.mooring.runbook.RunContext;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.runbook.resilver.SourceCheck;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import io.temporal.workflow.Promise;
import java.util.List;

/**
 * What the hosts of all members say of who may write. It must be known of the one that accepts
 * writes; another that gives no answer is reported by the caller.
 *
 * @param hosts as they answered, or why not
 */
record WhoMayWrite(List<RolesObserved> hosts) {
  WhoMayWrite {
    hosts = List.copyOf(hosts);
  }

  /** Asks them. */
  static WhoMayWrite asked(Cluster cluster, Instance primary, Call call) {
    WhoMayWrite asked =
        new WhoMayWrite(
            new MemberObservations(cluster).rolesBySite(call).stream().map(Promise::get).toList());
    FanOut.failOn(asked.silence(primary));
    return asked;
  }

  /**
   * Why nothing is known of the one that accepts writes; of others on its host that says nothing.
   */
  List<InstanceFailure> silence(Instance primary) {
    return hosts.stream()
        .flatMap(host -> host.failures().stream())
        .filter(failure -> failure.instance().equals(primary.id()))
        .toList();
  }

  /** The highest epoch on any of them. */
  Epoch highest() {
    return hosts.stream().map(RolesObserved::highestEpoch).reduce(Epoch.NONE, Epoch::higher);
  }

  /** What was seen of each instance whose host answered. */
  List<InstanceRole> roles() {
    return hosts.stream().flatMap(host -> host.roles().stream()).toList();
  }

  /**
   * Rules about the primary that are broken by their names, one sentence each. An instance that is
   * made from the wrong primary loses what the right one has: a rule that is broken without its
   * name refuses.
   */
  List<String> broken(Members members, List<DirectorySeen> directories, List<String> overrides) {
    return RunContext.refuseUnless(
        new SourceCheck(members.primarySeen(), members.seen(), roles(), directories, overrides)
            .judge());
  }

  /**
   * The same after an observation of the hosts' directories: one that was promoted and ended before
   * its first checkpoint is known by its WAL alone.
   */
  List<String> broken(Cluster cluster, Members members, Call call, List<String> overrides) {
    List<Instance> answered =
        cluster.members().stream()
            .filter(one -> roles().stream().anyMatch(role -> role.instance().equals(one.id())))
            .toList();
    List<DirectorySeen> directories =
        new MemberObservations(cluster)
            .directoriesWhereAnswered(call, answered, List.of()).stream()
                .flatMap(host -> host.seen().stream())
                .toList();
    return broken(members, directories, overrides);
  }
}
