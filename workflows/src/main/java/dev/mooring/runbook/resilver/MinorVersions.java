package dev.mooring.runbook.resilver;

import dev.mooring.port.CopyActivities.DirectorySeen;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.runbook.checks.VersionRow;
import java.util.List;
import java.util.Optional;

/**
 * Whether instances that are to be resilvered get programs of the minor version that the primary
 * runs. Minor versions of one major read each other's WAL and data directories, as a rolling update
 * needs: a difference is said, and nothing is refused for it.
 */
final class MinorVersions {
  private MinorVersions() {}

  /**
   * The differences, one sentence each. If the primary reported no valid version, each instance
   * differs.
   *
   * @param primary as it answered
   * @param resilvered what was seen on the hosts of those that are to be resilvered
   */
  static List<String> differing(MemberObserved primary, List<DirectorySeen> resilvered) {
    String runs = primary.version().map(ServerVersion::toString).orElse("an unknown version");
    return resilvered.stream()
        .filter(one -> !VersionRow.isOne(primary.version(), Optional.of(one.programs().server())))
        .map(
            one ->
                String.format(
                    "%s has programs of version %s, the primary %s runs %s: bring both to one"
                        + " version, the standby first",
                    one.instance(), one.programs().server(), primary.instance(), runs))
        .toList();
  }
}
