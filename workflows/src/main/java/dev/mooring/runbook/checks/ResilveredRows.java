package dev.mooring.runbook.checks;

import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;

/** Decides which rows are judged for members to be resilvered before the move. */
public final class ResilveredRows {
  /**
   * Rows about a member that the primary, Patroni or an endpoint shows; an endpoint may have the
   * name of a member.
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
          EndpointRows.ENDPOINT,
          EndpointChecks.TARGET);

  /** Rows that neither a rewind nor a base backup changes. */
  private static final List<String> OUTLASTS =
      List.of(
          SurroundingsChecks.PROGRAMS,
          SurroundingsChecks.PROGRAM,
          SurroundingsChecks.NEEDS,
          VersionRow.ID,
          ArchivingRow.MODE);

  private ResilveredRows() {}

  /** Whether the row stays the same, as far as that is known, once these are resilvered. */
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
   * Whether neither a rewind nor a base backup changes the row, of the target or of the standbys
   * that the primary's commits wait for: it can be judged before the target is resilvered.
   */
  public static boolean outlasts(CheckRow row, Instance target) {
    boolean ofTarget = row.subject().equals(target.id().value());
    return ofTarget
        ? OUTLASTS.contains(row.id())
        : row.rule().equals(PreflightRule.SYNCHRONOUS_DRIFT.text());
  }
}
