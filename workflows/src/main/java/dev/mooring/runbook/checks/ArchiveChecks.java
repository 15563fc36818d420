package dev.mooring.runbook.checks;

import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.runbook.members.Move;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.runbook.publish.ArchivingCheck;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Checks of the archives of the old and the new primary. A gap is found before a standby needs
 * those files to rejoin, and a timeline that production never had is found before the new primary
 * archives one with the same number.
 */
final class ArchiveChecks {
  private final Move move;
  private final ObservedMembers observed;
  private final CheckRows rows;

  ArchiveChecks(Move move, ObservedMembers observed, CheckRows rows) {
    this.move = move;
    this.observed = observed;
    this.rows = rows;
  }

  /** Rows for each archive that was read, and for how both instances archive. */
  void all() {
    for (Instance one : List.of(move.from(), move.to())) {
      observed.around().archive(one).ifPresent(seen -> of(one, seen));
      observed.around().whyUnread(one).ifPresent(why -> unread(one, why));
    }
    observed.member(move.to()).ifPresent(this::howTheyArchive);
  }

  private void of(Instance one, RecentArchived seen) {
    if (one.equals(move.from())) {
      rows.by(
          ArchiveChainRow.ID,
          seen.missing().isEmpty(),
          ArchiveChainRow.ID,
          one.id(),
          ArchiveChainRow.inWords(seen),
          ArchiveChainRow.LIMIT,
          ArchiveChainRow.REMEDY);
    }
    rows.by(
        PreflightRule.FOREIGN_HISTORY.text(),
        seen.later().isEmpty(),
        PreflightRule.FOREIGN_HISTORY.text(),
        one.id(),
        seen.later().isEmpty()
            ? "no timeline after its own"
            : seen.later().stream()
                .map(TimelineHistory::fileName)
                .collect(Collectors.joining(", ")),
        "no timeline after its own in its archive",
        "a drill or an opened copy archived there: find out which, stop it and move its files away,"
            + " or the new primary's could not be archived, and what recovers to the latest"
            + " timeline would follow it");
  }

  private void unread(Instance one, String why) {
    rows.by(PreflightRule.ARCHIVE_CHAIN.text(), ArchivingRow.readable(one, Optional.of(why)));
  }

  /** The same path on two hosts may be one place or two: only a person knows. */
  private void howTheyArchive(MemberObserved to) {
    boolean same = place(move.from()).equals(place(move.to()));
    Optional<String> trouble = ArchivingCheck.trouble(to);
    String places =
        same ? "alike, " + place(move.to()) : place(move.from()) + " and " + place(move.to());
    rows.wanted(
        trouble.isEmpty() && !same,
        "archives",
        "",
        trouble.map(why -> move.to().id() + ": " + why).orElse(places),
        String.format(
            "of %s and %s apart, or one place that takes no other content under a name it has",
            move.from().id(), move.to().id()),
        trouble.isPresent()
            ? "set it there as on "
                + move.from().id()
                + ": WAL would not be archived after the move"
            : "make sure that archive_command refuses other content under a name that is there, and"
                + " accepts equal content, as a rewind brings it");
  }

  private String place(Instance one) {
    return move.cluster().site(one.site()).orElseThrow().archive().placeOf(one.content());
  }
}
