package dev.mooring.runbook;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.ObserveMonitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import io.temporal.workflow.Promise;
import java.time.Duration;

/** Whether a person paused automation. */
public final class MonitoringLook {
  private static final Duration WATCH_ANSWERS = Duration.ofSeconds(5);

  private MonitoringLook() {}

  /** Begins to read the watch. */
  public static Promise<Observed<Monitoring>> begin(Observations looks, ClusterName cluster) {
    return looks.begin(
        new Observations.At(
            "the watch of " + cluster, ActivityPolicies.SHARED_QUEUE, FailureCode.OUTCOME_UNKNOWN),
        RunActivities.class,
        port -> port::observeMonitoring,
        new ObserveMonitoring(RunIds.watch(cluster)));
  }

  /**
   * The answer of the watch to a run that is to act without a person: read anew each time, because
   * a person may have paused automation since; repeated only while no lock is held.
   */
  public static Observed<Monitoring> toAct(RunContext context) {
    return begin(looksToAct(context), context.cluster().name()).get();
  }

  static Observations looksToAct(RunContext context) {
    return context.isLocked()
        ? Observations.despiteLoss(WATCH_ANSWERS)
        : Observations.toAct(WATCH_ANSWERS);
  }

  /** Why a watch of that cluster observes no instance; empty if it does. */
  public static String unwatched(Cluster cluster) {
    String why =
        DrivenFromOutside.is(cluster)
            ? "Patroni runs its members"
            : "its file has no section replication";
    return DrivenFromOutside.is(cluster) || cluster.streaming().isEmpty()
        ? "no instance of " + cluster.name() + " is watched: " + why
        : "";
  }

  /** Whether automation is paused; a pause that can't be read counts as a pause. */
  public static boolean isPaused(Observed<Monitoring> seen) {
    return seen.match(monitoring -> !monitoring.pauses().isEmpty(), unseen -> true);
  }

  /** The message after a pause: a failover reads the pause for the last time before it fences. */
  public static String paused(Pause pause, ClusterName cluster) {
    return String.format(
        "automation is %s; a failover that has begun to fence continues, see `mooring status %s`",
        pause.inWords(), cluster);
  }

  /** The person, the reason and the end of a pause; or that it can't be read. */
  public static String inWords(Observed<Monitoring> seen) {
    return seen.match(
        monitoring ->
            monitoring.pauses().stream().findFirst().map(Pause::inWords).orElse("not paused"),
        unseen -> "can't be read: " + unseen.why());
  }
}
