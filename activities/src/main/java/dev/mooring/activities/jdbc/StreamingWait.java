package dev.mooring.activities.jdbc;

import static dev.mooring.activities.jdbc.ServerReading.text;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.port.ReplicationActivities.AwaitStreaming;
import dev.mooring.port.ReplicationActivities.StandbysAwaited;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.quoting.SqlText;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Upstreams;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the primary's senders until each standby streams and has replayed up to the primary's
 * position at the beginning. A standby that streams from another standby is read itself; so is a
 * standby that is fed by the archive, which must have reached the last file that was archived at
 * the beginning, and passed the point where a new timeline left the old one.
 */
final class StreamingWait {
  private static final long BETWEEN_LOOKS_MILLIS = 50;
  private static final Lsn BEGINNING = new Lsn(1);

  private final ServerSessions sessions;
  private final AwaitStreaming request;
  private final Deadline deadline;

  /** Why each awaited standby is not there yet. */
  private final Map<InstanceId, InstanceFailure> behind = new TreeMap<>();

  private Optional<Lsn> goal = Optional.empty();
  private boolean fileEnded;

  /** Where the last WAL file that the primary had archived begins; 0/1 before the first. */
  private Lsn archived = BEGINNING;

  StreamingWait(ServerSessions sessions, AwaitStreaming request) {
    this.sessions = sessions;
    this.request = request;
    this.deadline = Deadline.in(request.atMost());
  }

  StandbysAwaited awaited() throws DatabaseFault {
    while (true) {
      List<InstanceId> there = look();
      if (there.size() == request.standbys().size() || deadline.passed()) {
        return new StandbysAwaited(there, List.copyOf(behind.values()));
      }
      pause();
    }
  }

  private List<InstanceId> look() throws DatabaseFault {
    try (Session primary = sessions.warm(request.primary(), request.access())) {
      if (goal.isEmpty()) {
        goal = Optional.of(position(primary));
        archived = lastArchived(primary);
      }
      List<InstanceId> there = new ArrayList<>();
      for (Server standby : request.standbys()) {
        if (isThere(primary, standby)) {
          there.add(standby.instance().id());
          behind.remove(standby.instance().id());
        }
      }
      endFileForArchive(primary);
      return there;
    } catch (DatabaseFault fault) {
      if (fault.code() != FailureCode.DATABASE_UNREACHABLE) {
        throw fault;
      }
      for (Server standby : request.standbys()) {
        note(standby, fault.code(), "the primary does not answer: " + fault.sentence());
      }
      return List.of();
    }
  }

  /** Only a whole file is archived: on a quiet primary no archive would reach the goal. */
  private void endFileForArchive(Session primary) throws DatabaseFault {
    boolean waits =
        request.standbys().stream()
            .map(Server::instance)
            .anyMatch(i -> i.upstream().equals(Instance.ARCHIVE) && behind.containsKey(i.id()));
    if (waits && !fileEnded) {
      primary.run("SELECT pg_switch_wal()", While.CHANGING, statement -> true);
      fileEnded = true;
    }
  }

  private static Lsn position(Session primary) throws DatabaseFault {
    return Lsn.parse(
        primary.row(
            "SELECT pg_current_wal_flush_lsn()::text AS lsn",
            While.READING,
            row -> text(row, "lsn")));
  }

  /** The file's end is no goal: the record that crosses it is replayed with the next file. */
  private static Lsn lastArchived(Session primary) throws DatabaseFault {
    return primary.row(
        "SELECT coalesce((SELECT left(last_archived_wal, 24) FROM pg_stat_archiver), '') AS file,"
            + " (SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size') AS size",
        While.READING,
        row ->
            WalFileName.isOne(text(row, "file"))
                ? new WalFileName(text(row, "file"))
                    .startLsn(new WalSegmentSize(row.getLong("size")))
                : BEGINNING);
  }

  private boolean isThere(Session primary, Server standby) throws DatabaseFault {
    Instance instance = standby.instance();
    boolean direct = Upstreams.direct(instance, request.primary().instance());
    String why = direct ? fromPrimary(primary, instance) : fromItself(standby);
    if (!why.isEmpty()) {
      note(standby, FailureCode.NOT_CAUGHT_UP, why);
    }
    return why.isEmpty();
  }

  /** Empty if the primary reports that the standby streams and has replayed far enough. */
  private String fromPrimary(Session primary, Instance instance) throws DatabaseFault {
    String name = SqlText.literal(instance.replicationName());
    return primary.run(
        "SELECT coalesce(sender.state, 'hidden from this role') AS state,"
            + " coalesce(sender.replay_lsn::text, 'nothing') AS replayed,"
            + " coalesce(sender.replay_lsn >= "
            + SqlText.literal(goal.orElseThrow().toString())
            + "::pg_lsn, false) AS far FROM pg_stat_replication AS sender"
            + " LEFT JOIN pg_replication_slots AS slot ON slot.active_pid = sender.pid"
            + " WHERE sender.application_name = "
            + name
            + " OR slot.slot_name = "
            + name
            + " ORDER BY sender.state = 'streaming' DESC, far DESC LIMIT 1",
        While.READING,
        statement -> {
          try (var row = statement.getResultSet()) {
            if (!row.next()) {
              return "it does not stream from " + request.primary().instance().id();
            }
            boolean streams = text(row, "state").equals("streaming");
            return streams && row.getBoolean("far")
                ? ""
                : "it is in state "
                    + text(row, "state")
                    + " and replayed "
                    + text(row, "replayed")
                    + " of "
                    + goal.orElseThrow();
          }
        });
  }

  private String fromItself(Server standby) {
    boolean archive = standby.instance().upstream().equals(Instance.ARCHIVE);
    try (Session session = sessions.warm(standby, request.access())) {
      return session.row(
          "SELECT coalesce((SELECT status FROM pg_stat_wal_receiver), 'none') AS receiver,"
              + " coalesce(pg_last_wal_replay_lsn()::text, 'nothing') AS replayed,"
              + " goal.lsn::text AS goal,"
              + " coalesce(pg_last_wal_replay_lsn() >= goal.lsn, false) AS far FROM (SELECT "
              + (archive ? toBeBrought() : literal(goal.orElseThrow()))
              + " AS lsn) AS goal",
          While.READING,
          row -> {
            boolean fed = archive || text(row, "receiver").equals("streaming");
            return fed && row.getBoolean("far")
                ? ""
                : (archive
                        ? "the archive feeds it"
                        : "its receiver is in state " + text(row, "receiver"))
                    + " and it replayed "
                    + text(row, "replayed")
                    + " of "
                    + text(row, "goal");
          });
    } catch (DatabaseFault fault) {
      return fault.sentence();
    }
  }

  /** How far the archive must bring one: a record that ends at the fork is of the old timeline. */
  private String toBeBrought() {
    return Stream.concat(Stream.of(archived), request.fork().stream().map(fork -> fork.plus(1)))
        .map(StreamingWait::literal)
        .collect(Collectors.joining(", ", "greatest(", ")"));
  }

  private static String literal(Lsn at) {
    return SqlText.literal(at.toString()) + "::pg_lsn";
  }

  private void note(Server standby, FailureCode code, String why) {
    InstanceId id = standby.instance().id();
    behind.put(id, new InstanceFailure(id, code, why));
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS_MILLIS);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
      throw ApplicationFailure.newFailure(
          "interrupted before every standby streamed", FailureCode.OUTCOME_UNKNOWN.name());
    }
  }
}
