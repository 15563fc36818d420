package dev.mooring.runbook.switchover;

import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;

/** Rows of members that are to be healed before the move: what a healing changes is not judged. */
final class HealedRows {
  /**
   * What the primary's server or Patroni has of a member, and endpoints, which may bear its name.
   */
  private static final List<String> SEEN_ELSEWHERE =
      List.of(
          StopChecks.WALSENDER_LAG,
          StopChecks.WALSENDER_REPLY,
          StopChecks.DETACH,
          PatroniChecks.MEMBER,
          PatroniChecks.ROLE,
          PatroniChecks.LAG,
          PatroniChecks.TAG,
          PatroniChecks.SYNC_STATE,
          PatroniChecks.SYNC_STANDBY,
          EndpointChecks.ENDPOINT,
          EndpointChecks.TARGET);

  private HealedRows() {}

  /** Whether a row says the same once these are healed, as far as that can be known. */
  static boolean isJudged(CheckRow row, Instance target, List<InstanceId> healed) {
    // the target answers whoever tries to stream from it
    String of =
        row.id().equals(HostSurroundingsChecks.REPLICATION_CONNECTION)
            ? target.id().value()
            : row.subject();
    return HostSurroundingsChecks.outlastsHealing(row, target)
        || SEEN_ELSEWHERE.contains(row.id())
        || healed.stream().noneMatch(one -> one.value().equals(of));
  }
}
