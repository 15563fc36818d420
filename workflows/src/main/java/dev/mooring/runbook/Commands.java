package dev.mooring.runbook;

import dev.mooring.port.Runbook;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;

/** The command lines that a person is to type, each between backquotes. */
public final class Commands {
  private Commands() {}

  /** Publishes a point. */
  public static String publish(ClusterName cluster) {
    return quoted("publish " + cluster);
  }

  /** Moors a site. */
  public static String consume(ClusterName cluster, SiteName site) {
    return quoted("consume " + cluster + " --site " + site);
  }

  /** Makes an instance a good standby. */
  public static String resilver(ClusterName cluster, InstanceId instance) {
    return quoted("resilver " + cluster + " --instances " + instance);
  }

  /** Waits until the primary is gone, and promotes another in its place. */
  public static String watch(ClusterName cluster) {
    return quoted("failover " + cluster + " --when primary-down");
  }

  /** Watches the cluster, or resumes automation. */
  public static String monitorOn(ClusterName cluster) {
    return quoted("monitor " + cluster + " on");
  }

  /** Says who watches the cluster, and what is wrong. */
  public static String monitor(ClusterName cluster) {
    return quoted("monitor " + cluster);
  }

  /** Says what became of the primary, and what a failover would lose. */
  public static String planFailover(ClusterName cluster) {
    return quoted("plan failover " + cluster);
  }

  /** Sets up replication. */
  public static String setUp(ClusterName cluster) {
    return quoted("replicate setup " + cluster);
  }

  /** Records who accepts writes. */
  public static String adopt(ClusterName cluster, InstanceId instance) {
    return quoted("adopt " + cluster + " " + instance);
  }

  /**
   * Starts a runbook anew, where a command does without more than is known.
   *
   * @param scope what it was about: a site, the member or site a primary was moved to; or empty
   */
  public static String again(String runbook, ClusterName cluster, String scope) {
    return Runbook.ofType(runbook)
        .map(one -> quoted(one.command(cluster, scope)))
        .orElseGet(() -> status(cluster));
  }

  /** Looks at everything that publish and consume need. */
  public static String check(ClusterName cluster) {
    return quoted("check " + cluster);
  }

  /** Shows on every host that its fences refuse. */
  public static String rehearse(ClusterName cluster) {
    return quoted("rehearse " + cluster);
  }

  /** Shows the state of the cluster. */
  public static String status(ClusterName cluster) {
    return quoted("status " + cluster);
  }

  /** Shows a run. */
  public static String follow(String workflowId) {
    return quoted("follow " + workflowId);
  }

  /** Says what of the evidence is broken. */
  public static String verify(ClusterName cluster) {
    return quoted("verify " + cluster);
  }

  /** Shows the last documents. */
  public static String logs(ClusterName cluster) {
    return quoted("logs " + cluster);
  }

  /** Says who accepts writes, with no Temporal between. */
  public static String whois(ClusterName cluster) {
    return quoted("whois " + cluster);
  }

  /** Makes the schedule that publishes. */
  public static String scheduleApply(ClusterName cluster) {
    return quoted("schedule apply " + cluster);
  }

  /** Lists the schedules, asked for from where it is typed. */
  public static String scheduleList(ClusterName cluster) {
    return quoted("schedule list " + cluster);
  }

  /** Resumes a paused schedule: the one that publishes. */
  public static String scheduleResume(ClusterName cluster) {
    return quoted("schedule resume " + cluster);
  }

  /** Resumes a paused schedule: the one that moors a site. */
  public static String scheduleResume(ClusterName cluster, SiteName site) {
    return quoted("schedule resume " + cluster + " --site " + site);
  }

  /** A setup whose plan was approved: the digest is that of the plan. */
  public static String setUpAsPlanned(ClusterName cluster) {
    return quoted("replicate setup " + cluster + " --digest DIGEST");
  }

  private static String quoted(String line) {
    return "`mooring " + line + "`";
  }
}
