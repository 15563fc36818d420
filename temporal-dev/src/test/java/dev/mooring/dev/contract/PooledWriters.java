package dev.mooring.dev.contract;

import dev.mooring.dev.lab.LabFronts;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Clients of PgBouncer that write all the time, each over one connection as long as it lasts. */
final class PooledWriters implements AutoCloseable {
  /** What only a server that takes writes answers. */
  private static final String WRITE = "SELECT host(inet_server_addr()), txid_current()";

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong written = new AtomicLong();
  private final Set<String> servers = new LinkedHashSet<>();
  private final List<SQLException> failures = new ArrayList<>();
  private volatile boolean ended;

  PooledWriters(LabFronts fronts, int clients) {
    for (int i = 0; i < clients; i++) {
      Thread thread = new Thread(() -> write(fronts), "pooled-writer-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  private void write(LabFronts fronts) {
    try (Connection connection = fronts.connectThroughPooler();
        Statement statement = connection.createStatement()) {
      while (!ended) {
        try (ResultSet row = statement.executeQuery(WRITE)) {
          row.next();
          note(row.getString(1));
        }
      }
    } catch (SQLException failure) {
      synchronized (this) {
        failures.add(failure);
      }
    }
  }

  private synchronized void note(String server) {
    servers.add(server);
    written.incrementAndGet();
  }

  long written() {
    return written.get();
  }

  /** The addresses of those that were written to, in the order they came. */
  synchronized List<String> servers() {
    return List.copyOf(servers);
  }

  synchronized List<SQLException> failures() {
    return List.copyOf(failures);
  }

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
