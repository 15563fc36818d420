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
import dev.mooring.topology.StandbyNames;
import dev.mooring.topology.Upstreams;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the primary's senders until each standby streams and has replayed up to the primary's
 * position at the beginning; one that applies WAL late on purpose must have received it. A standby
 * that streams from another standby is read itself; so is a standby that is fed by the archive,
 * which must have reached the last file that was archived at the beginning, and passed the point
 * where a new timeline left the old one.
 */
final class StreamingWait {
  private static final long BETWEEN_LOOKS_MILLIS = 50;
  private static final Lsn BEGINNING = new Lsn(1);

  private final ServerSessions sessions;
  private final AwaitStreaming request;
  private final Deadline deadline;

  /** Why each awaited standby is not there yet. */
  private final Map<InstanceId, InstanceFailure> behind = new TreeMap<>();

  /** Those of them that apply WAL late, and request more once they have replayed what they have. */
  private final Set<InstanceId> late = new TreeSet<>();

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
      if (there.size() + late.size() == request.standbys().size() || deadline.passed()) {
        return new StandbysAwaited(there, List.copyOf(behind.values()), List.copyOf(late));
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
      late.clear();
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
    String why = behind(primary, standby, false);
    if (why.isEmpty()) {
      return true;
    }
    Delay delay = delay(standby);
    if (!delay.value().isEmpty()) {
      why = behind(primary, standby, true);
    }
    if (delay.holdsBack()) {
      late.add(standby.instance().id());
    }
    if (!why.isEmpty()) {
      note(standby, FailureCode.NOT_CAUGHT_UP, why + delay.inWords());
    }
    return why.isEmpty();
  }

  /**
   * Empty if it streams and is far enough.
   *
   * @param received whether that is judged by what it received, and not by what it replayed
   */
  private String behind(Session primary, Server standby, boolean received) throws DatabaseFault {
    Instance instance = standby.instance();
    return Upstreams.direct(instance, request.primary().instance())
        ? fromPrimary(primary, standby, received)
        : fromItself(standby, received);
  }

  /**
   * How late a standby applies WAL on purpose.
   *
   * @param value its recovery_min_apply_delay; empty if it has none, or does not answer
   * @param holdsBack whether it waits for that delay and does not stream: it requests more only at
   *     the end of what it has (WaitForWALToBecomeAvailable in PostgreSQL's xlogrecovery.c)
   */
  private record Delay(String value, boolean holdsBack) {
    String inWords() {
      return value.isEmpty()
          ? ""
          : "; it applies WAL "
              + value
              + " late"
              + (holdsBack ? ", and requests more once it has replayed what it has" : "");
    }
  }

  private Delay delay(Server standby) {
    try (Session session = sessions.warm(standby, request.access())) {
      return session.row(
          "SELECT coalesce(nullif(current_setting('recovery_min_apply_delay', true), '0'), '') AS"
              + " delay, NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"
              + " AND EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'startup' AND"
              + " wait_event = 'RecoveryApplyDelay') AS holds",
          While.READING,
          row -> new Delay(text(row, "delay"), row.getBoolean("holds")));
    } catch (DatabaseFault fault) {
      return new Delay("", false);
    }
  }

  /** Empty if the primary reports that the standby streams and is far enough. */
  private String fromPrimary(Session primary, Server standby, boolean received)
      throws DatabaseFault {
    StandbyNames names = request.names().get(request.standbys().indexOf(standby));
    String position = received ? "sender.flush_lsn" : "sender.replay_lsn";
    return primary.run(
        "SELECT coalesce(sender.state, 'hidden from this role') AS state, coalesce("
            + position
            + "::text, 'nothing') AS reached, coalesce("
            + position
            + " >= "
            + literal(goal.orElseThrow())
            + ", false) AS far FROM pg_stat_replication AS sender"
            + " LEFT JOIN pg_replication_slots AS slot ON slot.active_pid = sender.pid"
            + " WHERE sender.application_name = "
            + SqlText.literal(names.application())
            + " OR slot.slot_name = "
            + SqlText.literal(names.slot())
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
                    + (received ? " and received " : " and replayed ")
                    + text(row, "reached")
                    + " of "
                    + goal.orElseThrow();
          }
        });
  }

  private String fromItself(Server standby, boolean received) {
    boolean archive = standby.instance().upstream().equals(Instance.ARCHIVE);
    String position =
        received && !archive ? "pg_last_wal_receive_lsn()" : "pg_last_wal_replay_lsn()";
    try (Session session = sessions.warm(standby, request.access())) {
      return session.row(
          "SELECT coalesce((SELECT status FROM pg_stat_wal_receiver), 'none') AS receiver,"
              + " coalesce("
              + position
              + "::text, 'nothing') AS reached,"
              + " goal.lsn::text AS goal, coalesce("
              + position
              + " >= goal.lsn, false) AS far FROM (SELECT "
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
                    + (received && !archive ? " and it received " : " and it replayed ")
                    + text(row, "reached")
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
