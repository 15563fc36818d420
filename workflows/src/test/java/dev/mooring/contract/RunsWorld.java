package dev.mooring.contract;

import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.Holder;
import dev.mooring.topology.ClusterName;
import java.util.List;

/** Runs that no worker takes up, in memory or in a Temporal server. */
public interface RunsWorld {

  /** The port. */
  RunActivities runs();

  /**
   * Somebody starts a run of a runbook of that cluster.
   *
   * @return its run id
   */
  String open(ClusterName cluster, String workflowId, String runbook);

  /** Somebody terminates the open run of that id. */
  void end(String workflowId);

  /**
   * Somebody takes a lock.
   *
   * @return the run id of the lock
   */
  String lock(String lockId, Holder holder);

  /** Which publishes the open run of that id was told of. */
  List<String> reported(String workflowId);
}
