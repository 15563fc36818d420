package dev.mooring.runbook.members;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.Call;
import dev.mooring.port.FailoverActivities;
import dev.mooring.port.FailoverActivities.Fence;
import dev.mooring.port.FailoverActivities.Fenced;
import dev.mooring.port.FailoverActivities.Unfenced;
import dev.mooring.port.FailoverActivities.WalPosition;
import dev.mooring.runbook.WorkLists;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.List;

/**
 * Fences a member on its host, and lifts the fence. The caller numbers the act if its step acts on
 * the member more than once.
 */
public final class FenceActs {
  private final Cluster cluster;
  private final Duration endWithin;

  /** On that cluster's members. */
  public FenceActs(Cluster cluster) {
    this.cluster = cluster;
    this.endWithin = cluster.streaming().orElseThrow().failover().endWithin();
  }

  /**
   * Fences a member and stops its server.
   *
   * @param by the site whose worker reaches its host
   * @param beyond for each position, the host reports whether it has WAL beyond it
   */
  public Fenced fence(Call call, Instance member, SiteName by, List<WalPosition> beyond) {
    return on(ActivityPolicies.fence(ActivityPolicies.queueOf(by), member.id(), endWithin))
        .ensureFenced(new Fence(call, WorkLists.on(cluster, member), endWithin, beyond));
  }

  /** Lifts the fence, as an undo. */
  public Unfenced lift(Call call, Instance member, SiteName by) {
    return on(ActivityPolicies.GLANCE.options(
            ActivityPolicies.queueOf(by), "take the fence of " + member.id() + " out"))
        .revertFenced(new Fence(call, WorkLists.on(cluster, member), endWithin, List.of()));
  }

  private static FailoverActivities on(ActivityOptions options) {
    return Workflow.newActivityStub(FailoverActivities.class, options);
  }
}
