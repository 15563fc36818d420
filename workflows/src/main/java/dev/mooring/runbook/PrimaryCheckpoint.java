package dev.mooring.runbook;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.DatabaseActivities;
import dev.mooring.port.DatabaseActivities.Checkpointed;
import dev.mooring.port.DatabaseActivities.EnsureCheckpointed;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.PublishPolicy.CheckpointBeforePoint;
import io.temporal.workflow.Workflow;
import java.util.List;

/** A checkpoint of one primary, at full speed. */
public final class PrimaryCheckpoint {
  private PrimaryCheckpoint() {}

  /**
   * Returns once it has ended.
   *
   * @throws RunbookStop if it failed
   */
  public static Checkpointed make(Cluster cluster, Call call, Instance primary) {
    DatabaseActivities databases =
        Workflow.newActivityStub(
            DatabaseActivities.class,
            ActivityPolicies.CHECKPOINT.options(
                ActivityPolicies.queueOf(primary.site()), "checkpoint " + primary.id()));
    EnsureCheckpointed request =
        new EnsureCheckpointed(
            call,
            cluster.policies().database(),
            WorkLists.servers(cluster, List.of(primary)),
            CheckpointBeforePoint.IMMEDIATE);
    return FanOut.untilAnswered(
        () -> databases.ensureCheckpointed(request), Checkpointed::failures);
  }
}
