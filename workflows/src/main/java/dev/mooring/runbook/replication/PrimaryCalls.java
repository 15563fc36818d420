package dev.mooring.runbook.replication;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Checkpointed;
import dev.mooring.port.HostWork;
import dev.mooring.port.PrimaryActivities;
import dev.mooring.port.PrimaryActivities.ArchiveSeen;
import dev.mooring.port.PrimaryActivities.ObservePrimary;
import dev.mooring.port.PrimaryActivities.PrimarySet;
import dev.mooring.port.PrimaryActivities.Restart;
import dev.mooring.port.PrimaryActivities.Restarted;
import dev.mooring.port.PrimaryActivities.SetPrimary;
import dev.mooring.port.ReplicationActivities;
import dev.mooring.port.ReplicationActivities.ObserveReplication;
import dev.mooring.port.ReplicationActivities.ReplicationObserved;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.PublishPolicy.CheckpointBeforePoint;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;

/** What a setup asks of the primary and its host about settings that only a start takes. */
final class PrimaryCalls {
  /** After a checkpoint of its own a fast stop takes seconds; both fit in one attempt. */
  private static final Duration STOPS_WITHIN = Duration.ofSeconds(40);

  private static final Duration UP_WITHIN = Duration.ofSeconds(40);

  private final Cluster cluster;

  PrimaryCalls(Cluster cluster) {
    this.cluster = cluster;
  }

  private HostWork on(Instance primary) {
    return new HostWork(cluster.host(primary.host()), List.of(primary));
  }

  private PrimaryActivities port(ActivityPolicies how, Instance primary, String what) {
    return Workflow.newActivityStub(
        PrimaryActivities.class,
        how.options(ActivityPolicies.queueOf(primary.site()), what + " " + primary.id()));
  }

  /** What stands where the primary is to archive; there, where its host sees no such directory. */
  ArchiveSeen archive(Members members, Call call) {
    String archive = PrimaryCheck.archiveOf(cluster, members);
    Instance primary = members.primary();
    return archive.isEmpty()
        ? ArchiveSeen.THERE
        : port(ActivityPolicies.OBSERVE, primary, "look at the archive directory of")
            .observePrimary(new ObservePrimary(call, on(primary), archive))
            .archive();
  }

  private SetPrimary settings(PrimaryPlan plan, Call call) {
    return new SetPrimary(call, on(plan.primary()), plan.wanted(), plan.archive());
  }

  PrimarySet set(PrimaryPlan plan, Call call) {
    return port(ActivityPolicies.ENSURE_TO_ITS_END, plan.primary(), "settings of")
        .ensurePrimarySet(settings(plan, call));
  }

  PrimarySet revert(PrimaryPlan plan, Call call) {
    return port(ActivityPolicies.UNDO, plan.primary(), "give back the settings of")
        .revertPrimarySet(settings(plan, call));
  }

  Restarted restart(PrimaryPlan plan, Call call) {
    return port(ActivityPolicies.ENSURE_TO_ITS_END, plan.primary(), "restart")
        .ensureRestarted(new Restart(call, on(plan.primary()), STOPS_WITHIN, UP_WITHIN));
  }

  /** What a fast stop would have to write. */
  Checkpointed checkpoint(Instance primary, Call call) {
    return Workflow.newActivityStub(
            DatabaseActivities.class,
            ActivityPolicies.CHECKPOINT.options(
                ActivityPolicies.queueOf(primary.site()), "checkpoint " + primary.id()))
        .ensureCheckpointed(
            new DatabaseActivities.EnsureCheckpointed(
                call,
                cluster.policies().database(),
                WorkLists.servers(cluster, List.of(primary)),
                CheckpointBeforePoint.IMMEDIATE));
  }

  /** The primary alone. */
  ReplicationObserved look(Instance primary, Call call) {
    return Workflow.newActivityStub(
            ReplicationActivities.class,
            ActivityPolicies.OBSERVE.options(
                ActivityPolicies.queueOf(primary.site()), "settings of " + primary.id()))
        .observeReplication(
            new ObserveReplication(
                call, cluster.policies().database(), WorkLists.servers(cluster, List.of(primary))));
  }
}
