package dev.mooring.runbook.lock;

import dev.mooring.port.RunActivities.Holder;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * The lock of a cluster at a site: that a run with its id is open means that it is held. It is the
 * child of its holder and ends with it, however the holder ends.
 */
@WorkflowInterface
public interface LockWorkflow {

  /** Holds the lock until the holder's run is closed, or gives it back. */
  @WorkflowMethod(name = "Lock")
  void hold(Holder holder);

  /** The holder needs it no longer, and goes on. */
  @SignalMethod
  void release();

  /** Whom it was taken for. */
  @QueryMethod
  Holder holder();

  /** The id of a lock. */
  static String idOf(ClusterName cluster, SiteName site) {
    return "mooring-lock:" + cluster + ":" + site;
  }
}
