package dev.mooring.runbook;

import dev.mooring.port.Runbook;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.Optional;

/** The workflow ids that command line and schedules use. They name; the lock locks. */
public final class RunIds {
  private static final String SCHEDULED_AT = "-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z$";

  private RunIds() {}

  /** The id of a DrConsume. */
  public static String consume(ClusterName cluster, SiteName site) {
    return Runbook.DR_CONSUME.id(cluster) + ":" + site;
  }

  /**
   * The id of a Failover that waits until the primary is gone: another one than a person's, so that
   * a person's is never refused because it waits.
   */
  public static String failoverWatch(ClusterName cluster) {
    return Runbook.FAILOVER.id(cluster) + ":watch";
  }

  /** The id of a ReplicationWatch. */
  public static String watch(ClusterName cluster) {
    return "mooring:" + cluster + ":watch";
  }

  /** The beginning of the id of a ClusterStatus; who asks adds what makes it unique. */
  public static String status(ClusterName cluster) {
    return "mooring:" + cluster + ":status";
  }

  /** The beginning of the id of a ClusterCheck; who asks adds what makes it unique. */
  public static String check(ClusterName cluster) {
    return "mooring:" + cluster + ":check";
  }

  /** The cluster whose run has this id; empty where the id is none of ours. */
  public static Optional<ClusterName> clusterOf(String workflowId) {
    String[] parts = workflowId.split(":", -1);
    if (parts.length < 3 || !parts[0].equals("mooring")) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ClusterName(parts[1]));
    } catch (IllegalArgumentException noName) {
      return Optional.empty();
    }
  }

  /** The site where a DrConsume with this id consumes; empty where the id is no consume's. */
  public static Optional<String> siteOf(String workflowId) {
    String[] parts = workflowId.split(":", -1);
    return clusterOf(workflowId).isPresent() && parts.length > 3 && parts[2].equals("consume")
        ? Optional.of(parts[3])
        : Optional.empty();
  }

  /** The id that a run would have had if a person had typed it: a schedule adds the time. */
  public static String typed(String workflowId) {
    return workflowId.replaceFirst(SCHEDULED_AT, "");
  }
}
