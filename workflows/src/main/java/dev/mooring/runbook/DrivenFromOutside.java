package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import dev.mooring.topology.Cluster;

/**
 * Whether a runbook may start, stop, promote or reinitialize the members of a cluster itself. If
 * Patroni manages them it may not: Patroni starts what was stopped, and stops what another
 * promoted. There a runbook either acts through Patroni, or refuses and names the command for an
 * operator.
 */
public final class DrivenFromOutside {
  private DrivenFromOutside() {}

  /** Whether Patroni manages the members. */
  public static boolean is(Cluster cluster) {
    return cluster.patroni().isPresent();
  }

  /** Refuses a run about a primary if the cluster does not stream, and so has none. */
  public static void requireStreaming(Cluster cluster) {
    if (cluster.streaming().isEmpty()) {
      throw RunbookStop.refused(
          FailureCode.BAD_INPUT,
          "cluster " + cluster.name() + " does not stream: its file has no section replication");
    }
  }

  /** The same, and {@link #require}. */
  public static void requireStreaming(Cluster cluster, String instead) {
    requireStreaming(cluster);
    require(cluster, instead);
  }

  /**
   * Refuses the run if Patroni manages the members.
   *
   * @param instead how an operator does the same with Patroni
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
