package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.evidence.Cut;
import dev.mooring.port.ArchiveActivities.PointArchived;
import dev.mooring.port.ArchiveActivities.PointsArchived;
import dev.mooring.port.ArchiveActivities.TransactionsArchived;
import dev.mooring.port.ArchiveActivities.WantedPoint;
import dev.mooring.port.ArchiveActivities.WantedTransactions;
import dev.mooring.postgres.DistributedTransactions.Global;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterKind;
import dev.mooring.topology.ContentId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Whether a Greenplum's point is torn, from its archived WAL alone. {@code gp_create_restore_point}
 * delays the second phase of commits, but not the first. So a transaction may be committed on the
 * coordinator before the coordinator's record, and prepared on a segment after the segment's
 * record. Such a point holds half of the transaction.
 *
 * <p>A PREPARE precedes its DISTRIBUTED_COMMIT. What decides is the WAL from the coordinator's
 * insert position before the call to its point, and from each segment's point to its insert
 * position after the call. A wider range changes nothing, so one range serves all points of a
 * publish.
 */
final class TornPointCheck {
  /** For all contents together: no person can read a sentence of thousands of transactions. */
  private static final int NAMED_AT_MOST = 20;

  private TornPointCheck() {}

  /** Whether its points can be torn: only points that one server creates on all contents. */
  static boolean concerns(Cluster cluster) {
    return cluster.kind() == ClusterKind.GREENPLUM;
  }

  /**
   * The same wanted points, each with the WAL range that decides for its content.
   *
   * @param newest the contents at the newest point
   * @param oldest the contents at the oldest point, which may be the same
   */
  static List<WantedPoint> deciding(
      List<WantedPoint> wanted, List<ContentEvidence> newest, List<ContentEvidence> oldest) {
    return wanted.stream()
        .map(
            one ->
                new WantedPoint(
                    one.owner(),
                    one.point(),
                    one.target(),
                    one.archive(),
                    one.since(),
                    one.needed(),
                    range(
                        of(one.target().content(), newest),
                        of(one.target().content(), oldest).target().lsn())))
        .toList();
  }

  private static ContentEvidence of(ContentId content, List<ContentEvidence> all) {
    return all.stream().filter(c -> c.target().content().equals(content)).findFirst().orElseThrow();
  }

  /**
   * The WAL range that decides for one content; empty if its other end is unknown.
   *
   * @param newest the content at the newest point
   * @param oldest its position at the oldest point
   */
  static List<WantedTransactions> range(ContentEvidence newest, Lsn oldest) {
    return newest.transactionsLsn().stream()
        .map(
            end ->
                isCoordinator(newest)
                    ? new WantedTransactions(end, newest.target().lsn())
                    : new WantedTransactions(oldest, end))
        .toList();
  }

  /** The first file of a range that is not archived yet, with its content; empty if all are. */
  static Optional<String> late(List<ContentEvidence> contents, List<PointsArchived> seen) {
    return contents.stream()
        .flatMap(
            content ->
                read(content, seen)
                    .map(read -> read.late())
                    .filter(file -> !file.isEmpty())
                    .map(file -> of(content) + file + " is missing")
                    .stream())
        .findFirst();
  }

  /** What may be claimed of a point after its range was read. */
  static Cut judge(Cut made, List<ContentEvidence> contents, List<PointsArchived> seen) {
    List<String> unread = new ArrayList<>();
    for (ContentEvidence content : contents) {
      unread(content, seen).ifPresent(why -> unread.add(of(content) + why));
    }
    List<String> torn = torn(contents, seen);
    if (!torn.isEmpty()) {
      return made.as(
          Cut.Kind.TORN,
          "committed on the coordinator before the point, prepared after it on "
              + String.join(", ", torn));
    }
    return unread.isEmpty()
        ? made.as(Cut.Kind.ATOMIC, "")
        : made.as(Cut.Kind.UNPROVED, String.join("; ", unread));
  }

  /** The transactions that the point splits, by content; at most some, and how many more. */
  private static List<String> torn(List<ContentEvidence> contents, List<PointsArchived> seen) {
    Set<String> committed = committed(contents, seen);
    List<String> torn = new ArrayList<>();
    int room = NAMED_AT_MOST;
    int unsaid = 0;
    for (ContentEvidence content : contents) {
      Set<String> gids = preparedAfter(content, committed, seen);
      List<String> named = gids.stream().limit(room).toList();
      room -= named.size();
      unsaid += gids.size() - named.size();
      if (!named.isEmpty()) {
        torn.add(of(content) + String.join(", ", named));
      }
    }
    if (unsaid > 0) {
      torn.add("and " + unsaid + " more");
    }
    return torn;
  }

  /** Transaction numbers only: not every build prints more on the coordinator. */
  private static Set<String> committed(List<ContentEvidence> contents, List<PointsArchived> seen) {
    Set<String> numbers = new TreeSet<>();
    for (ContentEvidence content : contents) {
      if (isCoordinator(content)) {
        read(content, seen).stream()
            .flatMap(read -> read.found().committed().stream())
            .filter(record -> record.start().isBefore(content.target().lsn()))
            .map(Global::number)
            .forEach(numbers::add);
      }
    }
    return numbers;
  }

  private static Set<String> preparedAfter(
      ContentEvidence content, Set<String> committed, List<PointsArchived> seen) {
    Set<String> gids = new TreeSet<>();
    if (!isCoordinator(content)) {
      read(content, seen).stream()
          .flatMap(read -> read.found().prepared().stream())
          .filter(record -> !record.start().isBefore(content.target().lsn()))
          .filter(record -> committed.contains(record.number()))
          .map(Global::gid)
          .forEach(gids::add);
    }
    return gids;
  }

  private static Optional<String> unread(ContentEvidence content, List<PointsArchived> seen) {
    Optional<TransactionsArchived> read = read(content, seen);
    if (read.isEmpty()) {
      return Optional.of("its archived WAL was not decoded for distributed transactions");
    }
    if (!read.get().late().isEmpty()) {
      return Optional.of(read.get().late() + " is missing");
    }
    return Optional.of(read.get().unreadable()).filter(why -> !why.isEmpty());
  }

  private static Optional<TransactionsArchived> read(
      ContentEvidence content, List<PointsArchived> seen) {
    return seen.stream()
        .flatMap(host -> host.points().stream())
        .filter(point -> point.owner().equals(content.owner().instance()))
        .map(PointArchived::transactions)
        .flatMap(List::stream)
        .findFirst();
  }

  private static String of(ContentEvidence content) {
    return "content " + content.target().content() + ": ";
  }

  private static boolean isCoordinator(ContentEvidence content) {
    return content.target().content().equals(ContentId.COORDINATOR);
  }
}
