package dev.mooring.runbook;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.Runbook;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import java.util.Optional;

/** The workflow ids of command line and schedules. They only name runs; locks exclude them. */
public final class RunIds {
  private static final String SCHEDULED_AT = "-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z$";

  private RunIds() {}

  /** The id of a DrConsume. */
  public static String consume(ClusterName cluster, SiteName site) {
    return Runbook.DR_CONSUME.id(cluster) + ":" + site;
  }

  /**
   * The id of a Failover that waits until the primary is gone. It differs from that of a typed
   * Failover, which is therefore never refused because the first one waits.
   */
  public static String failoverWatch(ClusterName cluster) {
    return Runbook.FAILOVER.id(cluster) + ":watch";
  }

  /** The id of the one StartPrimary that a watch starts in a boot of the primary's host. */
  public static String startAfterReboot(ClusterName cluster, String boot) {
    return Runbook.START_PRIMARY.id(cluster) + ":boot-" + boot;
  }

  /** The id of the one run that a watch starts for an incident. */
  public static String reaction(ClusterName cluster, Incident incident) {
    return reactions(cluster, incident) + incident.since().getEpochSecond();
  }

  /** The beginning of the ids of all runs that a watch starts for incidents like that one. */
  public static String reactions(ClusterName cluster, Incident incident) {
    return switch (incident.reaction()) {
      case RESILVER -> Runbook.RESILVER.id(cluster) + ":" + incident.instance() + "-";
      case RELAX -> Runbook.REPLICATION_SETUP.id(cluster) + ":relax-";
      case RESTORE -> Runbook.REPLICATION_SETUP.id(cluster) + ":restore-";
      case FAILOVER -> Runbook.FAILOVER.id(cluster) + ":primary-down-";
      case AWAIT_FAILURE -> failoverWatch(cluster) + "-";
    };
  }

  /** The id of a ReplicationWatch, and of the schedule that ensures it. */
  public static String watch(ClusterName cluster) {
    return "mooring:" + cluster + ":watch";
  }

  /** The beginning of the id of a ClusterStatus; the caller adds what makes it unique. */
  public static String status(ClusterName cluster) {
    return "mooring:" + cluster + ":status";
  }

  /** The beginning of the id of a ClusterCheck; the caller adds what makes it unique. */
  public static String check(ClusterName cluster) {
    return "mooring:" + cluster + ":check";
  }

  /** The cluster of the run with this id; empty if the id is not Mooring's. */
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

  /** The site of the DrConsume with this id; empty if it is no DrConsume. */
  public static Optional<String> siteOf(String workflowId) {
    String[] parts = workflowId.split(":", -1);
    return clusterOf(workflowId).isPresent() && parts.length > 3 && parts[2].equals("consume")
        ? Optional.of(parts[3])
        : Optional.empty();
  }

  /** The id without the time that a schedule adds, as a person would have typed it. */
  public static String typed(String workflowId) {
    return workflowId.replaceFirst(SCHEDULED_AT, "");
  }
}
