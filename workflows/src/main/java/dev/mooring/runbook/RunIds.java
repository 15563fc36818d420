package dev.mooring.runbook;

import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;

/** The workflow ids that command line and schedules use. They name; the lock locks. */
public final class RunIds {
  private RunIds() {}

  /** The id of a PublishCycle. */
  public static String publish(ClusterName cluster) {
    return "mooring:" + cluster + ":publish";
  }

  /** The id of a DrConsume. */
  public static String consume(ClusterName cluster, SiteName site) {
    return "mooring:" + cluster + ":consume:" + site;
  }
}
