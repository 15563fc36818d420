package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.SqlErrors.While;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.quoting.SqlText;
import dev.mooring.topology.Barrier;
import dev.mooring.topology.DatabaseAccess;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A barrier held by one session on one instance. The server itself releases it when the deadline
 * passes, even if this process is frozen by then: the session's idle timeouts are set to the time
 * that is left.
 */
final class SqlBarrier implements PointBarrier {
  private static final Logger log = LoggerFactory.getLogger(SqlBarrier.class);
  private static final int IDLE_SESSION_TIMEOUT_SINCE = 140000;

  private final ServerSessions sessions;
  private final Server arbiter;
  private final DatabaseAccess access;
  private final Barrier.Sql barrier;
  private @Nullable Session session;

  SqlBarrier(ServerSessions sessions, Server arbiter, DatabaseAccess access, Barrier.Sql barrier) {
    this.sessions = sessions;
    this.arbiter = arbiter;
    this.access = access;
    this.barrier = barrier;
  }

  private record Backend(int pid, int version) {}

  @Override
  public void prepare() throws DatabaseFault {
    session = sessions.barrier(arbiter, access, barrier.timeout());
  }

  @Override
  public void enter(Deadline deadline) throws DatabaseFault {
    Session own = session;
    if (own == null) {
      throw new IllegalStateException("the barrier is entered once, after it was prepared");
    }
    try {
      Backend backend =
          own.row(
              // the path is the role's own, for the site's statements that follow
              "SELECT pg_catalog.pg_backend_pid() AS pid,"
                  + " pg_catalog.current_setting('server_version_num')::int AS v,"
                  + " pg_catalog.set_config('lock_timeout', "
                  + SqlText.literal(Long.toString(millis(deadline)))
                  + ", false)",
              While.READING,
              row -> new Backend(row.getInt("pid"), row.getInt("v")));
      enterWatched(own, backend);
      own.execute(selfRelease(backend, deadline), While.ENTERING_BARRIER);
    } catch (DatabaseFault | RuntimeException notEntered) {
      leaveQuietly();
      throw notEntered;
    }
  }

  private void enterWatched(Session own, Backend backend) throws DatabaseFault {
    try (BlockerWatch watch = BlockerWatch.start(sessions, arbiter, access, backend.pid())) {
      try {
        own.execute(barrier.enter(), While.ENTERING_BARRIER);
      } catch (DatabaseFault fault) {
        if (fault.code() != FailureCode.BARRIER_NOT_REACHED) {
          throw fault;
        }
        Optional<String> blocker = watch.lastSeen();
        throw new DatabaseFault(
            fault.code(),
            "the barrier on "
                + arbiter.instance().id()
                + " was not entered within "
                + barrier.timeout()
                + blocker.map(who -> ": " + who).orElse("; its holder could not be read"),
            fault);
      }
    }
  }

  private static String selfRelease(Backend backend, Deadline deadline) {
    String left = Long.toString(millis(deadline));
    String inTransaction = "SET idle_in_transaction_session_timeout = " + left;
    return backend.version() < IDLE_SESSION_TIMEOUT_SINCE
        ? inTransaction
        : inTransaction + "; SET idle_session_timeout = " + left;
  }

  private static long millis(Deadline deadline) {
    Duration left = deadline.left();
    return Math.max(1, left.toMillis());
  }

  @Override
  public void leave() throws DatabaseFault {
    Session own = session;
    if (own == null) {
      return;
    }
    session = null;
    try (own) {
      if (!own.run(barrier.leave(), While.ENTERING_BARRIER, SqlBarrier::saysHeld)) {
        throw notHeld("leaving it says that it was not held");
      }
    } catch (DatabaseFault fault) {
      throw fault.code() == FailureCode.BARRIER_NOT_REACHED ? fault : notHeld(fault.sentence());
    }
  }

  private DatabaseFault notHeld(String why) {
    return new DatabaseFault(
        FailureCode.BARRIER_NOT_REACHED,
        "the barrier on " + arbiter.instance().id() + " did not hold to the end: " + why);
  }

  /** {@code pg_advisory_unlock} and its like return false if there was nothing to release. */
  private static boolean saysHeld(Statement statement) throws SQLException {
    ResultSet rows = statement.getResultSet();
    if (rows == null || rows.getMetaData().getColumnType(1) != Types.BIT) {
      return true;
    }
    return rows.next() && rows.getBoolean(1);
  }

  private void leaveQuietly() {
    try {
      leave();
    } catch (DatabaseFault notHeld) {
      log.debug("leaving a barrier that was not entered: {}", notHeld.sentence());
    }
  }
}
