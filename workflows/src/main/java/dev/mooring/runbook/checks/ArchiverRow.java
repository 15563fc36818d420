package dev.mooring.runbook.checks;

import dev.mooring.evidence.Archiver;
import dev.mooring.evidence.Receipt.Fact;
import dev.mooring.evidence.SilentArchiver;
import dev.mooring.port.DatabaseActivities.Position;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.ReplicationActivities.ArchiverFiles;
import dev.mooring.port.ReplicationActivities.MemberObserved;
import dev.mooring.postgres.ArchiveCommand;
import dev.mooring.postgres.WalFileName;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.publish.ArchivingCheck;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Whether a primary's archiver works, by pg_stat_archiver. */
public final class ArchiverRow {
  private static final String ID = "archiver";

  private ArchiverRow() {}

  /**
   * A warning if the archiver fails or hangs.
   *
   * @param server a server that is not in recovery
   */
  public static CheckRow of(Cluster cluster, ServerObserved server, Instant now) {
    Duration every = cluster.policies().publish().every();
    String limit = "a WAL file every " + DurationText.of(due(server, every));
    Archiver archiver = server.archiver();
    if (isFailing(archiver)) {
      return CheckRow.warning(
          ID,
          server.instance(),
          "can't archive " + archiver.lastFailed() + " since " + archiver.lastFailedAt(),
          limit,
          "read that server's log for what its archive_command said; if the archive has the file, "
              + Commands.publish(cluster.name())
              + " of a cluster that streams marks it; else docs/operations/archives.md tells what to"
              + " do"
              + ArchivingCheck.foreign(cluster, server.instance()));
    }
    String last = archiver.lastArchived();
    return silent(server, every, now)
        .map(
            fact ->
                CheckRow.warning(
                    ID,
                    server.instance(),
                    fact,
                    limit,
                    "check whether its archive_command hangs, and the disk or host it writes to"))
        .orElseGet(
            () ->
                CheckRow.good(
                    ID,
                    server.instance(),
                    last.isEmpty() ? "archived nothing yet" : "archived " + last,
                    limit));
  }

  /**
   * Wrong if the archiver fails: a stop waits for it.
   *
   * @param off whether archive_mode is off: then nothing is archived, and a stop waits for nothing
   */
  static CheckRow of(InstanceId primary, boolean off, ArchiverFiles files) {
    String last = files.archived().isEmpty() ? "nothing yet" : "archived " + files.archived();
    boolean fails = !files.failed().isEmpty();
    return CheckRow.must(
        off || !fails,
        ID,
        primary,
        off ? "archive_mode is off" : fails ? "could not archive " + files.failed() : last,
        "not that it could not archive",
        "look at its log: a stop waits for the archiver, and the archive has a gap until it works;"
            + " pg_stat_reset_shared('archiver') forgets a failure that nothing is left of");
  }

  /**
   * Whether the archiver of an instance may stop once it is promoted after a rewind; empty if it
   * goes on, or nothing is archived. A library outranks the command; that of PostgreSQL accepts an
   * equal file.
   *
   * @param asked the instance, or if it is down another whose archive_command stands for its own
   */
  public static Optional<Fact> afterRewind(InstanceId rewound, MemberObserved asked) {
    String read = asked.instance().equals(rewound) ? "" : " (read on " + asked.instance() + ")";
    return asked
        .setting("archive_library")
        .filter(library -> !library.isEmpty())
        .map(library -> library.equals("basic_archive") ? ArchiveCommand.ACCEPTING : library)
        .or(() -> asked.setting("archive_command"))
        .filter(ArchiveCommand::isSet)
        .flatMap(ArchiveCommand::stopsAfterRewind)
        .map(why -> new Fact(rewound + " once it is promoted", why + read));
  }

  /** Both times come from one server in one format, so they can be compared as text. */
  public static boolean isFailing(Archiver archiver) {
    return !archiver.lastFailedAt().isEmpty()
        && archiver.lastFailedAt().compareTo(archiver.lastArchivedAt()) > 0;
  }

  /** The archive time is by the server's clock, the current time by Temporal's: it shows both. */
  private static Optional<String> silent(ServerObserved server, Duration every, Instant now) {
    Archiver archiver = server.archiver();
    Optional<Instant> last = time(archiver.lastArchivedAt());
    if (last.isEmpty()) {
      return Optional.empty();
    }
    long waiting = waiting(server);
    return SilentArchiver.is(last.get(), waiting, due(server, every), now)
        ? Optional.of(
            String.format(
                "archived %s last, at %s, %s ago, and %d WAL files wait",
                archiver.lastArchived(),
                archiver.lastArchivedAt(),
                DurationText.of(Duration.between(last.get(), now)),
                waiting))
        : Optional.empty();
  }

  private static Duration due(ServerObserved server, Duration every) {
    return SilentArchiver.due(
        Duration.ofSeconds(server.archiving().archiveTimeoutSeconds()), every);
  }

  /** Empty if the server has none; older histories hold it in another form. */
  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException none) {
      return Optional.empty();
    }
  }

  /** Complete WAL files that are not archived; 0 if the last archived file is no WAL file. */
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
