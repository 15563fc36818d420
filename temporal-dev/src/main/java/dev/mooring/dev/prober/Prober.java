package dev.mooring.dev.prober;

import dev.mooring.dev.ledger.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tries to write to every instance all the time, each from a thread of its own, so that a frozen
 * instance hides no other. It knows no roles: an instance that accepts its write is writable.
 */
public final class Prober implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final int PAUSE_MILLIS = 25;

  /** The SQLSTATE of a standby; the session goes on, and may write once the standby is promoted. */
  private static final String IN_RECOVERY = "25006";

  private static final String WRITE =
      "UPDATE lab.probe SET n = n + 1 WHERE id = 1"
          + " RETURNING substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";

  private final ConcurrentLinkedQueue<WritableSeen> seen = new ConcurrentLinkedQueue<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final List<Thread> threads;

  /** Begins at once. */
  public Prober(List<Database> databases) {
    this.threads =
        databases.stream()
            .map(database -> new Thread(() -> probe(database), "probe " + database.instance()))
            .toList();
    threads.forEach(Thread::start);
  }

  /** Every write acknowledged so far, in no particular order between instances. */
  public List<WritableSeen> seen() {
    return List.copyOf(seen);
  }

  /** Stops; every write acknowledged by then is among the results. */
  @Override
  public void close() {
    stopping.countDown();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void probe(Database database) {
    @Nullable Connection connection = null;
    while (!stopped()) {
      try {
        if (connection == null) {
          connection = database.connect(ANSWER);
          beQuiet(connection);
        }
        write(database, connection);
      } catch (SQLException e) {
        // a standby refuses, a stopped server is not there: both are what the prober looks for
        if (!IN_RECOVERY.equals(e.getSQLState())) {
          close(connection);
          connection = null;
        }
      }
    }
    close(connection);
  }

  /** A standby would log each refusal, and tests read its log. */
  private static void beQuiet(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET log_min_messages = panic");
    }
  }

  private void write(Database database, Connection connection) throws SQLException {
    Instant asked = Instant.now();
    try (Statement statement = connection.createStatement();
        ResultSet written = statement.executeQuery(WRITE)) {
      if (written.next()) {
        String timeline = written.getString(1);
        seen.add(
            new WritableSeen(
                database.instance(), database.content(), timeline, asked, Instant.now()));
      }
    }
  }

  private boolean stopped() {
    try {
      return stopping.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static void close(@Nullable Connection connection) {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // given up; the server ends the session when the socket closes
      }
    }
  }
}
