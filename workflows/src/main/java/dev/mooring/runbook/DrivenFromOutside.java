package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import dev.mooring.topology.Cluster;

/**
 * Whether a runbook may start, stop, promote or make anew the members of a cluster itself. Where
 * Patroni runs them it may not: Patroni starts what was stopped, and stops what another promoted. A
 * runbook either goes through Patroni there, or refuses and says how a person does it.
 */
public final class DrivenFromOutside {
  private DrivenFromOutside() {}

  /** Whether Patroni runs the members. */
  public static boolean is(Cluster cluster) {
    return cluster.patroni().isPresent();
  }

  /** Refuses a run about a primary of a cluster that does not stream, and so has none. */
  public static void requireStreaming(Cluster cluster) {
    if (cluster.streaming().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "cluster " + cluster.name() + " does not stream: its file has no section replication");
    }
  }

  /** The same, and where Patroni runs the members, as {@link #require}. */
  public static void requireStreaming(Cluster cluster, String instead) {
    requireStreaming(cluster);
    require(cluster, instead);
  }

  /**
   * Refuses the run where Patroni runs the members.
   *
   * @param instead how a person does with Patroni what the runbook would do
   */
  public static void require(Cluster cluster, String instead) {
    if (is(cluster)) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          String.format(
              "Patroni runs the members of cluster %s, and this runbook would act beside it;"
                  + " nothing was done: %s",
              cluster.name(), instead));
    }
  }
}
