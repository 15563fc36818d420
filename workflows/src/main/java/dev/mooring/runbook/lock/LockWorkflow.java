package dev.mooring.runbook.lock;

import dev.mooring.port.RunActivities.Holder;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * The lock of a cluster at a site: it is held while a run with its id is open. The lock is a child
 * of its holder and ends with it, however the holder ends.
 */
@WorkflowInterface
public interface LockWorkflow {

  /** Holds the lock until the holder's run closes, or releases it. */
  @WorkflowMethod(name = "Lock")
  void hold(Holder holder);

  /** The holder does not need the lock any more, and continues. */
  @SignalMethod
  void release();

  /** The run that took the lock. */
  @QueryMethod
  Holder holder();

  /** The id of a lock. */
  static String idOf(ClusterName cluster, SiteName site) {
    return "mooring-lock:" + cluster + ":" + site;
  }
}
