package dev.mooring.runbook.failover;

import dev.mooring.port.ArchiveActivities;
import dev.mooring.port.ArchiveActivities.MissingWal;
import dev.mooring.port.ArchiveActivities.RecentArchived;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.runbook.members.ObservedMembers;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import java.util.List;
import java.util.Optional;

/**
 * The WAL that a standby could still fetch from the archive of its site: the WAL file in which its
 * received WAL ends, if the archive has all of it, and the files after it without a gap.
 */
final class ArchiveBeyond {
  private ArchiveBeyond() {}

  /** Text to append to what is shown of the standby; empty if its archive was not read. */
  static String inWords(Cluster cluster, ObservedMembers all, MemberObserved standby) {
    Optional<Instance> member = cluster.member(standby.instance());
    Optional<RecentArchived> seen = member.flatMap(all.around()::archive);
    Optional<WalSegmentSize> size =
        member.flatMap(all::role).map(role -> role.control().identity().layout().walSegmentSize());
    if (seen.isPresent() && size.isPresent()) {
      return "; the archive of its site "
          + last(standby, size.get(), seen.get())
              .map(last -> "has WAL beyond that, up to " + last + fetches(standby))
              .orElse("has no WAL beyond that");
    }
    return member
        .flatMap(all.around()::whyUnread)
        .map(why -> "; whether the archive of its site has WAL beyond that is not known: " + why)
        .orElse("");
  }

  private static String fetches(MemberObserved standby) {
    return standby.setting("restore_command").orElse("").isEmpty()
        ? ", and it has no restore_command to fetch it by"
        : ", which it can still fetch";
  }

  /** The last WAL file it could reach; empty if its current one is not whole, or unchecked. */
  static Optional<String> last(MemberObserved standby, WalSegmentSize size, RecentArchived seen) {
    if (seen.files() < ArchiveActivities.RECENT_FILES) {
      return Optional.empty();
    }
    List<String> missing = seen.missing().stream().map(MissingWal::file).toList();
    WalFileName furthest = ObservationsBeside.furthest(standby, size);
    Optional<String> last = Optional.empty();
    for (WalFileName file = ObservationsBeside.inIt(standby, size);
        file.compareTo(furthest) <= 0 && !missing.contains(file.text());
        file = file.next(size)) {
      last = Optional.of(file.text());
    }
    return last.map(text -> text.equals(furthest.text()) ? text + " at least" : text);
  }
}
