package dev.mooring.dev.contract;

import dev.mooring.dev.lab.LabFronts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients of PgBouncer that commit rows all the time, each over one connection as long as it lasts,
 * to a table of their own that is made anew. A client that sees an error writes no more.
 */
public final class PooledWriters implements AutoCloseable {
  /** Enough for a client to be at work at any moment, and for others to have the machine too. */
  private static final Duration BETWEEN_ROWS = Duration.ofMillis(10);

  private final LabFronts fronts;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong written = new AtomicLong();
  private final Set<String> servers = new LinkedHashSet<>();
  private final List<SQLException> failures = new ArrayList<>();
  private Duration longestWait = Duration.ZERO;
  private volatile boolean ended;

  public PooledWriters(LabFronts fronts, int clients) throws SQLException {
    this.fronts = fronts;
    makeTable();
    for (int i = 0; i < clients; i++) {
      int client = i;
      Thread thread = new Thread(() -> write(client), "pooled-writer-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  private void makeTable() throws SQLException {
    try (Connection connection = fronts.connectThroughPooler();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS lab.pooled");
      statement.execute("CREATE TABLE lab.pooled (client int, n bigint, PRIMARY KEY (client, n))");
    }
  }

  private void write(int client) {
    try (Connection connection = fronts.connectThroughPooler();
        Statement statement = connection.createStatement()) {
      for (long n = 1; !ended; n++) {
        long asked = System.nanoTime();
        try (ResultSet row = statement.executeQuery(insert(client, n))) {
          row.next();
          note(row.getString(1), Duration.ofNanos(System.nanoTime() - asked));
        }
        Thread.sleep(BETWEEN_ROWS.toMillis());
      }
    } catch (SQLException failure) {
      synchronized (this) {
        failures.add(failure);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String insert(int client, long n) {
    return "INSERT INTO lab.pooled VALUES (%d, %d) RETURNING host(inet_server_addr())"
        .formatted(client, n);
  }

  private synchronized void note(String server, Duration waited) {
    servers.add(server);
    written.incrementAndGet();
    if (waited.compareTo(longestWait) > 0) {
      longestWait = waited;
    }
  }

  /** How many rows were acknowledged. */
  public long written() {
    return written.get();
  }

  /**
   * How many rows an instance has. Once these clients have ended without a failure it has as many
   * as were acknowledged, or something is lost: nothing else was sent.
   */
  public static long rowsAt(Connection instance) throws SQLException {
    try (Statement statement = instance.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM lab.pooled")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The addresses of those that were written to, in the order they came. */
  public synchronized List<String> servers() {
    return List.copyOf(servers);
  }

  /** How long a client waited for an answer at most, of those that it got. */
  public synchronized Duration longestWait() {
    return longestWait;
  }

  public synchronized List<SQLException> failures() {
    return List.copyOf(failures);
  }

  /** Lets each client have its last answer; none writes when this returns. */
  @Override
  public void close() {
    ended = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
