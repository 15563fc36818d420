package dev.mooring.runbook;

import dev.mooring.port.Runbook;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;

/** The commands for an operator to type, each in backquotes. */
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

  /** Makes an instance a standby again. */
  public static String resilver(ClusterName cluster, InstanceId instance) {
    return quoted("resilver " + cluster + " --instances " + instance);
  }

  /** Waits until the primary is gone, and promotes a standby. */
  public static String watch(ClusterName cluster) {
    return quoted("failover " + cluster + " --when primary-down");
  }

  /** Starts the watch of the cluster, or resumes automation. */
  public static String monitorOn(ClusterName cluster) {
    return quoted("monitor " + cluster + " on");
  }

  /** Shows the watch of the cluster, and its diagnoses. */
  public static String monitor(ClusterName cluster) {
    return quoted("monitor " + cluster);
  }

  /** Shows the state of the primary, and what a failover would lose. */
  public static String planFailover(ClusterName cluster) {
    return quoted("plan failover " + cluster);
  }

  /** Sets up replication. */
  public static String setUp(ClusterName cluster) {
    return quoted("replicate setup " + cluster);
  }

  /** Lets commits wait for no standby, if none streams that they wait for. */
  public static String relax(ClusterName cluster) {
    return quoted("replicate synchronous " + cluster + " --relax");
  }

  /** Writes what a setup would do as files, with alert rules and the page of a dead primary. */
  public static String files(ClusterName cluster) {
    return quoted("replicate files " + cluster + " --directory DIR");
  }

  /** Records which instance accepts writes. */
  public static String adopt(ClusterName cluster, InstanceId instance) {
    return quoted("adopt " + cluster + " " + instance);
  }

  /**
   * Starts a runbook again; shows the status if it does not act, or is unknown to this release.
   *
   * @param scope a site, or the member or site a primary was moved to; or empty
   */
  public static String again(String runbook, ClusterName cluster, String scope) {
    return Runbook.ofType(runbook)
        .map(one -> quoted(one.command(cluster, scope)))
        .orElseGet(() -> status(cluster));
  }

  /** Checks everything that publish and consume need. */
  public static String check(ClusterName cluster) {
    return quoted("check " + cluster);
  }

  /** Rehearses the fences on every host. */
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

  /** Shows what a run did, with its proof. */
  public static String report(String workflowId) {
    return quoted("report " + workflowId);
  }

  /** Shows what is broken in the evidence. */
  public static String verify(ClusterName cluster) {
    return quoted("verify " + cluster);
  }

  /** Shows the last documents. */
  public static String logs(ClusterName cluster) {
    return quoted("logs " + cluster);
  }

  /** Shows which instances accept writes, without Temporal. */
  public static String whois(ClusterName cluster) {
    return quoted("whois " + cluster);
  }

  /** Creates the schedule that publishes. */
  public static String scheduleApply(ClusterName cluster) {
    return quoted("schedule apply " + cluster);
  }

  /** Lists the schedules. */
  public static String scheduleList(ClusterName cluster) {
    return quoted("schedule list " + cluster);
  }

  /** Resumes the paused schedule that publishes. */
  public static String scheduleResume(ClusterName cluster) {
    return quoted("schedule resume " + cluster);
  }

  /** Resumes the paused schedule that moors a site. */
  public static String scheduleResume(ClusterName cluster, SiteName site) {
    return quoted("schedule resume " + cluster + " --site " + site);
  }

  /** Resumes the paused schedule that ensures the watch. */
  public static String scheduleResumeWatch(ClusterName cluster) {
    return quoted("schedule resume " + cluster + " --watch");
  }

  /** Runs the setup of an approved plan, by its digest. */
  public static String setUpAsPlanned(ClusterName cluster) {
    return quoted("replicate setup " + cluster + " --digest DIGEST");
  }

  private static String quoted(String line) {
    return "`mooring " + line + "`";
  }
}
