package dev.mooring.runbook.checks;

import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;

/** Rows of members that are to be resilvered before the move: what that changes is not judged. */
public final class ResilveredRows {
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

  /** Of what neither a rewind nor a base backup brings along. */
  private static final List<String> OUTLASTS =
      List.of(
          SurroundingsChecks.PROGRAMS,
          SurroundingsChecks.PROGRAM,
          SurroundingsChecks.NEEDS,
          Preflight.VERSION,
          Preflight.ARCHIVE_MODE);

  private ResilveredRows() {}

  /** Whether a row says the same once these are resilvered, as far as that can be known. */
  public static boolean isJudged(CheckRow row, Instance target, List<InstanceId> resilvered) {
    // the target answers each standby that tries to stream from it
    String of =
        row.id().equals(SurroundingsChecks.REPLICATION_CONNECTION)
            ? target.id().value()
            : row.subject();
    return outlasts(row, target)
        || SEEN_ELSEWHERE.contains(row.id())
        || resilvered.stream().noneMatch(one -> one.value().equals(of));
  }

  /**
   * Whether that row is of what neither a rewind nor a base backup brings along: it can be judged
   * before the target is resilvered.
   */
  public static boolean outlasts(CheckRow row, Instance target) {
    return row.subject().equals(target.id().value()) && OUTLASTS.contains(row.id());
  }
}
