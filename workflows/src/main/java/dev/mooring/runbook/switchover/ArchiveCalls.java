package dev.mooring.runbook.switchover;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ArchiveActivities.AwaitHistory;
import dev.mooring.port.ArchiveActivities.HistoryArchived;
import dev.mooring.port.Call;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.port.ReplicationActivities.MemberReadiness;
import dev.mooring.port.RoleActivities.InstanceRole;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.ArchiveLooks;
import dev.mooring.runbook.WorkLists;
import dev.mooring.runbook.members.MemberObservations;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.Site;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The port calls of one Switchover about archives: each is read from the host that archives. */
final class ArchiveCalls {
  private static final int FILE_NAME = 24;

  private final Cluster cluster;

  ArchiveCalls(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Begins to look at the primary's archive and at the target's, if host and server both told what
   * they are; of the others there are rows.
   */
  ArchiveLooks look(Call call, Move move, ObservedMembers sight) {
    ArchiveLooks looks = new ArchiveLooks(cluster, call);
    for (Instance one : List.of(move.from(), move.to())) {
      Optional<MemberObserved> seen = sight.member(one);
      Optional<InstanceRole> role = sight.role(one);
      if (seen.isPresent() && role.isPresent()) {
        looks.begin(
            one,
            "look at what " + one.id() + " archived last",
            seen.get(),
            role.get().control().identity().layout().walSegmentSize(),
            one.equals(move.from()) ? lastOf(sight, one, seen.get()) : List.of());
      }
    }
    return looks;
  }

  /** Only a whole file of the timeline it is on says where its chain ends. */
  private static List<WalFileName> lastOf(
      ObservedMembers sight, Instance one, MemberObserved seen) {
    return sight.around().ready(one).map(MemberReadiness::archived).stream()
        .map(name -> name.endsWith(".backup") ? name.substring(0, FILE_NAME) : name)
        .filter(WalFileName::isOne)
        .map(WalFileName::new)
        .filter(file -> file.timeline().equals(seen.standing().timeline()))
        .toList();
  }

  /** Begins to wait for the history of a timeline that an instance was promoted to. */
  Promise<HistoryArchived> awaitHistory(
      Call call, Instance one, TimelineId timeline, Duration atMost) {
    return Async.function(
        port(ActivityPolicies.await(queue(one), "see that " + one.id() + " archives", atMost))
            ::awaitHistory,
        new AwaitHistory(call, WorkLists.on(cluster, one), archive(one), timeline, atMost));
  }

  /** What its archiver says of itself; nothing where it does not answer. */
  Optional<MemberReadiness> archiver(Call call, Instance one) {
    ReplicationActivities port =
        Workflow.newActivityStub(
            ReplicationActivities.class,
            ActivityPolicies.OBSERVE_BRIEFLY.options(
                queue(one), "ask " + one.id() + " about its archiver"));
    try {
      return port
          .observeReadiness(new MemberObservations(cluster).request(call, List.of(one)))
          .members()
          .stream()
          .findFirst();
    } catch (TemporalFailure silent) {
      return Optional.empty();
    }
  }

  private Site.Archive archive(Instance one) {
    return cluster.site(one.site()).orElseThrow().archive();
  }

  private static String queue(Instance one) {
    return ActivityPolicies.queueOf(one.site());
  }

  private static ArchiveActivities port(io.temporal.activity.ActivityOptions options) {
    return Workflow.newActivityStub(ArchiveActivities.class, options);
  }
}
