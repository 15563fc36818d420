package dev.mooring.port;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The workflow types of the runbooks that act. Their runs can be followed and decided about, leave
 * receipts, and their histories are kept. Those that only look (ClusterStatus, ClusterCheck,
 * ReplicationWatch) and the locks are none of them.
 */
public final class RunbookTypes {
  /** Their names, in Temporal too; the lists of open and of closed runs go by them. */
  public static final List<String> ACTING =
      List.of(
          "PublishCycle",
          "DrConsume",
          "Switchover",
          "Failover",
          "StartPrimary",
          "Resilver",
          "Failback",
          "ReplicationSetup");

  /** That a run is one of them, as Temporal's list filters have it. */
  public static final String IS_ACTING =
      "WorkflowType IN ("
          + ACTING.stream().map(type -> "'" + type + "'").collect(Collectors.joining(", "))
          + ")";

  /** The other types that workers know: those that only look, and the locks. */
  private static final List<String> OTHERS =
      List.of("ClusterStatus", "ClusterCheck", "ReplicationWatch", "Lock");

  /** Whether workers of this release know that type. */
  public static boolean isKnown(String type) {
    return ACTING.contains(type) || OTHERS.contains(type);
  }

  private RunbookTypes() {}
}
