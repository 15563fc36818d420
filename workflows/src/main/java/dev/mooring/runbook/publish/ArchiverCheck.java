package dev.mooring.runbook.publish;

import dev.mooring.evidence.Archiver;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Whether a primary's archiver does its work, by what it says of itself. */
public final class ArchiverCheck {
  /** What fixes one that hangs. */
  public static final String HANGS_REMEDY =
      "see whether its archive_command hangs, and the disk or host it writes to";

  /** What fixes one that fails. */
  public static final String FAILS_REMEDY =
      "read that server's log for what its archive_command said";

  private static final int LATE = 2;

  private ArchiverCheck() {}

  /** Both times come from one server in one format, so their order is that of their text. */
  public static boolean isFailing(Archiver archiver) {
    return !archiver.lastFailedAt().isEmpty()
        && archiver.lastFailedAt().compareTo(archiver.lastArchivedAt()) > 0;
  }

  /** What it fails at, one sentence; nothing of one that does not fail. */
  public static Optional<String> failing(ServerObserved server) {
    Archiver archiver = server.archiver();
    return !server.position().inRecovery() && isFailing(archiver)
        ? Optional.of(
            String.format(
                "%s can't archive %s since %s",
                server.instance(), archiver.lastFailed(), archiver.lastFailedAt()))
        : Optional.empty();
  }

  /**
   * An archiver that reports nothing, neither success nor failure, while WAL waits for it: its
   * command hangs, as on a disk that stalls. A WAL file is due in each archive_timeout of the
   * server, if it has one, and in each interval of publishing, which ends one; it is late after two
   * of the shorter. The rule is GitLab's, of 2026: an alarm when the last archived file is older
   * than twice the time in which one is due. Its time is the server's, now is Temporal's: both are
   * said.
   *
   * @param every the interval of publishing
   */
  public static Optional<String> silent(ServerObserved server, Duration every, Instant now) {
    Archiver archiver = server.archiver();
    Optional<Instant> last = time(archiver.lastArchivedAt());
    if (server.position().inRecovery() || isFailing(archiver) || last.isEmpty()) {
      return Optional.empty();
    }
    Duration due = due(server, every);
    Duration age = Duration.between(last.get(), now);
    long waiting = waiting(server);
    return waiting > 0 && age.compareTo(due.multipliedBy(LATE)) > 0
        ? Optional.of(
            String.format(
                "%s archived %s last, at %s, %s ago, and %d WAL files wait; one is due every %s",
                server.instance(),
                archiver.lastArchived(),
                archiver.lastArchivedAt(),
                DurationText.of(age),
                waiting,
                DurationText.of(due)))
        : Optional.empty();
  }

  /** In what time a WAL file is due: what the server promises, or a publish makes, the sooner. */
  public static Duration due(ServerObserved server, Duration every) {
    Duration promised = Duration.ofSeconds(server.archiving().archiveTimeoutSeconds());
    return promised.isZero() || promised.compareTo(every) > 0 ? every : promised;
  }

  /** Nothing where the server has none; histories of older code hold it in another form. */
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException none) {
      return Optional.empty();
    }
  }

  /** Files that are ended and not archived; 0 where the last archived one is no WAL file. */
  private static long waiting(ServerObserved server) {
    Position position = server.position();
    String last = server.archiver().lastArchived();
    if (!WalFileName.isOne(last)) {
      return 0;
    }
    WalFileName current =
        WalFileName.containingByteBefore(
            position.timeline(), position.lsn(), position.walSegmentSize());
    return current.segmentNumber(position.walSegmentSize())
        - new WalFileName(last).segmentNumber(position.walSegmentSize())
        - 1;
  }
}
