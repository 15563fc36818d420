package dev.mooring.activities.jdbc;

import dev.mooring.activities.host.Spaced;
import dev.mooring.activities.host.ThisMachine;
import dev.mooring.port.ConnectionActivities;
import dev.mooring.port.Witnessed.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Connects over JDBC, and over TCP if no server answers. */
public final class JdbcConnectionActivities implements ConnectionActivities, AutoCloseable {
  private static final Duration APART = Duration.ofSeconds(1);

  /** The default of a watch that sets none. */
  private static final Duration WATCHES_APART = Duration.ofMillis(500);

  private final ServerConnections connections;

  /**
   * For activities.
   *
   * @param environment where {@code env:} references and PGPASSFILE are looked up
   * @param home where {@code .pgpass} is
   */
  public JdbcConnectionActivities(Function<String, Optional<String>> environment, Path home) {
    this.connections =
        new ServerConnections(new Passwords(environment, home), new ServerTrust(home));
  }

  @Override
  public ConnectionTried observeConnection(TryConnection request) {
    ConnectionTry tried = new ConnectionTry(connections);
    return new ConnectionTried(
        Spaced.looks(
            request.times(), APART, () -> tried.tryConnection(request.server(), request.access())),
        ThisMachine.name());
  }

  @Override
  public Watched awaitSilence(Watch request) {
    ConnectionTry tried = new ConnectionTry(connections);
    long end = System.nanoTime() + request.atMost().toNanos();
    long silentFrom = 0;
    Seen last;
    do {
      long began = System.nanoTime();
      last = tried.tryAndAsk(request.server(), request.access());
      if (last.database() == Database.STANDS_BY) {
        return new Watched(Came.STANDS_BY, last.words(), List.of());
      }
      if (last.database().fromServer()) {
        if (request.untilHeard()) {
          break;
        }
        silentFrom = 0;
      } else if (last.database() != Database.NOT_ASKED) {
        silentFrom = silentFrom == 0 ? began : silentFrom;
        if (System.nanoTime() - silentFrom >= request.silentFor().toNanos()) {
          return new Watched(Came.SILENT, last.words(), lastWrite(tried, silentFrom));
        }
      }
      Spaced.until(began + apart(request).toNanos());
    } while (System.nanoTime() < end || (silentFrom != 0 && last.database() != Database.NOT_ASKED));
    return new Watched(Came.HEARD, last.words(), lastWrite(tried, System.nanoTime()));
  }

  private static Duration apart(Watch request) {
    return request.everyMillis() == 0 ? WATCHES_APART : Duration.ofMillis(request.everyMillis());
  }

  @Override
  public Returned awaitReturn(Return request) {
    ConnectionTry tried = new ConnectionTry(connections);
    long end = System.nanoTime() + request.atMost().toNanos();
    WritesOn writes = new WritesOn(request.writesFor());
    for (; ; ) {
      long began = System.nanoTime();
      Seen seen = tried.tryConnection(request.server(), request.access());
      long now = System.nanoTime();
      boolean back = writes.isLongEnough(seen.database(), began, now);
      if (back || now >= end) {
        return new Returned(back, seen.words());
      }
      Spaced.until(began + APART.toNanos());
    }
  }

  private static List<LastWrite> lastWrite(ConnectionTry tried, long before) {
    return tried.wrote().stream()
        .map(
            wrote ->
                new LastWrite(
                    wrote.system(),
                    wrote.timeline(),
                    wrote.position(),
                    Math.max(0, Duration.ofNanos(before - wrote.nanos()).toMillis())))
        .toList();
  }

  @Override
  public void close() {
    connections.close();
  }
}
