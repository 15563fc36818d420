package dev.mooring.dev.endtoend;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabInstance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A session that commits on and on inside its server, and waits for no standby and no client: the
 * network may be cut meanwhile. When it wrote last is told by the server's WAL files.
 */
final class LocalCommits implements AutoCloseable {
  private static final String ON_AND_ON =
      "DO $$ BEGIN LOOP INSERT INTO locally DEFAULT VALUES; COMMIT;"
          + " PERFORM pg_sleep(0.01); END LOOP; END $$";

  private final Connection session;
  private final CompletableFuture<Void> writing;
  private final Path wal;
  private final Instant begun = Instant.now();

  private LocalCommits(Connection session, Path wal) throws SQLException {
    this.session = session;
    this.wal = wal;
    Statement statement = session.createStatement();
    statement.execute("CREATE TABLE locally (at timestamptz DEFAULT clock_timestamp())");
    statement.execute("SET synchronous_commit = local");
    this.writing =
        CompletableFuture.runAsync(
            () -> {
              try {
                statement.execute(ON_AND_ON);
              } catch (SQLException ended) {
                // with its server, or because nothing comes from there any more
              }
            });
  }

  static LocalCommits begin(Lab lab, LabInstance instance) throws SQLException {
    return new LocalCommits(lab.connect(instance), instance.dataDirectory().resolve("pg_wal"));
  }

  /** Returns once it has written more than until now. */
  void goOn() {
    Instant now = Instant.now();
    Soon.soon("it commits on", () -> lastWritten().isAfter(now));
  }

  Instant begun() {
    return begun;
  }

  /** When a WAL file of its server was changed last. */
  Instant lastWritten() {
    try (Stream<Path> files = Files.list(wal)) {
      return files
          .filter(file -> file.getFileName().toString().matches("[0-9A-F]{24}"))
          .map(LocalCommits::changed)
          .max(Comparator.naturalOrder())
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant changed(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws SQLException {
    session.abort(Runnable::run);
    writing.join();
  }
}
