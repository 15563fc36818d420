package dev.mooring.runbook.resilver;

import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.TimelineId;
import dev.mooring.runbook.Verdict;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether an instance that is copied anew may be given another writer's WAL by the archive. Of two
 * primaries of one timeline each has archived files under the names that the other's have; a
 * standby asks the archive before it streams, and nothing in a file's header says whose it is.
 *
 * @param instance that was a primary on a timeline of the source's
 * @param source that it is made from
 * @param timeline that both wrote; none where they wrote no timeline both
 * @param restores what it restores WAL by; empty where it reads no archive
 */
record ArchiveCheck(
    InstanceId instance, InstanceId source, Optional<TimelineId> timeline, String restores) {

  /** Continues with the rules that were broken by their names, one sentence each. */
  static Verdict<List<String>> judge(List<ArchiveCheck> all, List<String> overrides) {
    List<String> broken = new ArrayList<>();
    for (ArchiveCheck one : all) {
      if (one.timeline().isEmpty() || one.restores().isEmpty()) {
        continue;
      }
      String why = one.why(one.timeline().get());
      if (!overrides.contains(SourceRule.SHARED_ARCHIVE.text())) {
        return Verdict.never(
            FailureCode.ARCHIVING_UNSAFE,
            String.format(
                "%s. Move what %s archived of timeline %s out of every archive that members restore"
                    + " from, then override %s with a reason",
                why, one.instance(), one.timeline().get(), SourceRule.SHARED_ARCHIVE.text()));
      }
      broken.add(SourceRule.SHARED_ARCHIVE.text() + ": " + why);
    }
    return Verdict.proceed(broken);
  }

  /**
   * Continues with the rules that were broken by their names. A standby restores to the latest
   * timeline that its archive has, to follow the next move: of one that the source never had it
   * would leave the source's line, or never stream from it.
   *
   * @param seen the archives that instances restore from, each as one of them sees it
   */
  static Verdict<List<String>> histories(
      List<RecentArchived> seen, MemberObserved source, List<String> overrides) {
    List<String> broken = new ArrayList<>();
    for (RecentArchived archive : seen) {
      if (archive.later().isEmpty()) {
        continue;
      }
      String why =
          String.format(
              "the archive that %s restores from has %s, and %s is on timeline %s",
              archive.instance(),
              archive.later().stream()
                  .map(TimelineHistory::fileName)
                  .collect(Collectors.joining(", ")),
              source.instance(),
              source.standing().timeline());
      if (!overrides.contains(SourceRule.FOREIGN_HISTORY.text())) {
        return Verdict.never(
            FailureCode.ARCHIVING_UNSAFE,
            why
                + ": a person or a run promoted a server that archives there. Find out which, and"
                + " move that file and the timeline's WAL out of the archive; or override "
                + SourceRule.FOREIGN_HISTORY.text()
                + " with a reason");
      }
      broken.add(SourceRule.FOREIGN_HISTORY.text() + ": " + why);
    }
    return Verdict.proceed(broken);
  }

  private String why(TimelineId written) {
    return String.format(
        "%s wrote timeline %s itself, beside the line that %s is on: an archive that both reached"
            + " may hold files of either under one name, and a copy restores from it by '%s'",
        instance, written, source, restores);
  }
}
