package dev.mooring.activities.jdbc;

import static dev.mooring.activities.jdbc.ServerReading.text;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.ReplicationActivities.EnsureWritten;
import dev.mooring.port.ReplicationActivities.WriteProved;
import dev.mooring.port.ReplicationActivities.WriteRefused;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineId;
import dev.mooring.quoting.SqlText;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A transaction that writes WAL and nothing else, committed as a client's would be.
 *
 * <p>A commit that waits for a standby is not ended by {@code statement_timeout}, and one whose
 * wait is cancelled answers success with a warning (PostgreSQL's syncrep.c, SyncRepWaitForLSN): so
 * the limit is kept from outside, the session that still waits is ended, and a warning is no proof.
 */
final class WrittenTransaction {
  private static final String READ_ONLY = "25006";

  /**
   * Asks for a transaction id first: a standby refuses that with the message that clients get. It
   * does not wait less than a default commit because the role alone is set to wait for nothing.
   */
  private static final String WRITE =
      """
      BEGIN;
      SELECT pg_current_xact_id()::text AS xid, pg_backend_pid() AS pid,
             pg_logical_emit_message(true, 'mooring', ${words})::text AS lsn,
             (SELECT set_config(name, 'on', true) FROM pg_settings
               WHERE name = 'synchronous_commit' AND setting = 'off'
                 AND source IN ('user', 'database user'))\
      """;

  private final ServerSessions sessions;
  private final EnsureWritten request;

  WrittenTransaction(ServerSessions sessions, EnsureWritten request) {
    this.sessions = sessions;
    this.request = request;
  }

  /** The transaction that was begun. */
  private record Begun(String xid, int pid, Lsn lsn) {}

  /** The same transaction as another session sees it, and whether its own still commits it. */
  private record Found(String status, boolean waits) {}

  /** Begins a write, and rolls it back if it was not refused. */
  WriteRefused refused() throws DatabaseFault {
    try (Session session = session()) {
      Begun begun = begin(session);
      session.execute("ROLLBACK", While.READING);
      throw new DatabaseFault(
          FailureCode.TWO_PRIMARIES,
          request.server().instance().id()
              + " accepts writes: transaction "
              + begun.xid()
              + " wrote WAL at "
              + begun.lsn()
              + " and was rolled back by us");
    } catch (DatabaseFault fault) {
      if (!SqlErrors.stateOf(fault).equals(READ_ONLY)) {
        throw fault;
      }
      return new WriteRefused(request.server().instance().id(), READ_ONLY, fault.sentence());
    }
  }

  /** Commits it and reads back that it committed. */
  WriteProved proved() throws DatabaseFault {
    try (Session session = session()) {
      Begun begun = begin(session);
      commit(session, begun);
      return readBack(session, begun);
    }
  }

  private Session session() throws DatabaseFault {
    return sessions.fresh(request.server(), request.access(), request.within());
  }

  private Begun begin(Session session) throws DatabaseFault {
    String words = "run " + request.call().run() + ", step " + request.call().step();
    return session.run(
        WRITE.replace("${words}", SqlText.literal(words)),
        While.READING,
        answers -> {
          answers.getMoreResults();
          try (var row = answers.getResultSet()) {
            if (!row.next()) {
              throw new SQLException("no row where one was expected", "02000");
            }
            return new Begun(text(row, "xid"), row.getInt("pid"), Lsn.parse(text(row, "lsn")));
          }
        });
  }

  private void commit(Session session, Begun begun) throws DatabaseFault {
    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    try {
      Future<?> late =
          watch.schedule(session::abort, request.within().toMillis(), TimeUnit.MILLISECONDS);
      String warning = session.run("COMMIT", While.CHANGING, WrittenTransaction::warning);
      late.cancel(false);
      if (!warning.isEmpty()) {
        throw unknown(begun, "the server warned: " + warning);
      }
    } catch (DatabaseFault lost) {
      if (lost.code() != FailureCode.OUTCOME_UNKNOWN) {
        throw lost;
      }
      throw found(begun, lost);
    } finally {
      watch.shutdownNow();
    }
  }

  private static String warning(Statement answer) throws SQLException {
    SQLWarning warning = answer.getWarnings();
    return warning == null ? "" : String.valueOf(warning.getMessage());
  }

  /** The answer was lost: ends the session if it still waits, and checks whether it committed. */
  private DatabaseFault found(Begun begun, DatabaseFault lost) {
    Found seen;
    try (Session other = sessions.warm(request.server(), request.access())) {
      seen =
          other.row(
              "SELECT coalesce(pg_xact_status("
                  + SqlText.literal(begun.xid())
                  + "::xid8), 'not known there') AS status, (SELECT coalesce(wait_event, '')"
                  + " FROM pg_stat_activity WHERE pid = "
                  + begun.pid()
                  + " AND application_name = 'mooring' AND query = 'COMMIT') AS waits",
              While.READING,
              row -> {
                String waits = row.getString("waits");
                return waits == null
                    ? new Found(text(row, "status"), false)
                    : new Found("still waiting (" + waits + ")", true);
              });
      if (seen.waits()) {
        other.execute("SELECT pg_terminate_backend(" + begun.pid() + ")", While.READING);
      }
    } catch (DatabaseFault silent) {
      return unknown(begun, lost.sentence() + "; and then: " + silent.sentence());
    }
    if (seen.status().equals("aborted")) {
      return new DatabaseFault(
          FailureCode.DATABASE_UNREACHABLE,
          lost.sentence() + "; transaction " + begun.xid() + " was rolled back");
    }
    return unknown(begun, "it is " + seen.status() + " there");
  }

  private DatabaseFault unknown(Begun begun, String why) {
    Duration within = request.within();
    return new DatabaseFault(
        FailureCode.OUTCOME_UNKNOWN,
        "the commit of transaction "
            + begun.xid()
            + " did not return within "
            + within.toMillis()
            + " ms: "
            + why);
  }

  private WriteProved readBack(Session session, Begun begun) throws DatabaseFault {
    Server server = request.server();
    return session.row(
        "SELECT pg_xact_status("
            + SqlText.literal(begun.xid())
            + "::xid8) AS status, pg_walfile_name(pg_current_wal_lsn()) AS wal_file, "
            + MemberReading.READ_ONLY_FOR
            + " AS read_only",
        While.READING,
        row -> {
          if (!text(row, "status").equals("committed")) {
            throw new SQLException(
                "transaction " + begun.xid() + " is " + text(row, "status"), "40000");
          }
          return new WriteProved(
              server.instance().id(),
              TimelineId.ofHex(text(row, "wal_file").substring(0, 8)),
              begun.lsn(),
              text(row, "read_only"));
        });
  }
}
