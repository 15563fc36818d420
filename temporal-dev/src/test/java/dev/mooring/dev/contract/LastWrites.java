package dev.mooring.dev.contract;

import dev.mooring.dev.lab.Lab;
import dev.mooring.dev.lab.LabFailure;
import dev.mooring.dev.lab.LabInstance;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * A client on a host itself, which goes on writing there when nobody else reaches the host; it ends
 * once it was refused for a while. All of a lab's hosts have one clock.
 */
final class LastWrites {
  /** A new connection each time, as a client that was cut off makes one. */
  private static final String SCRIPT =
      """
      PGPASSWORD=$(sed -n "s/^ *superuser: {.*password: '\\(.*\\)'}/\\1/p" "$1")
      export PGPASSWORD PGCONNECT_TIMEOUT=2
      refused=0
      while [ "$refused" -lt 60 ]; do
        if "$2" -X -q -A -t -h "$3" -p "$4" -U postgres -c 'SELECT txid_current()' postgres >/dev/null 2>&1; then
          refused=0
          date +%s%3N
        else
          refused=$((refused + 1))
        fi
        sleep 0.1
      done
      """;

  private final CompletableFuture<List<Long>> times;

  private LastWrites(CompletableFuture<List<Long>> times) {
    this.times = times;
  }

  static LastWrites at(Lab lab, LabInstance instance) {
    return new LastWrites(
        CompletableFuture.supplyAsync(
            () ->
                lab.run(
                        instance.host(),
                        "sh",
                        "-c",
                        SCRIPT,
                        "writes",
                        instance.host().directory().resolve("patroni.yml").toString(),
                        lab.postgresPrograms().resolve("psql").toString(),
                        instance.host().address(),
                        Integer.toString(instance.port()))
                    .lines()
                    .map(Long::valueOf)
                    .toList()));
  }

  /** Lets it begin. */
  void until(int seconds) {
    LockSupport.parkNanos(seconds * 1_000_000_000L);
  }

  /** When the last write was acknowledged, in milliseconds since 1970. */
  long end() {
    List<Long> all = times.join();
    if (all.size() < 3) {
      throw new AssertionError("nothing was written before: " + all);
    }
    return all.get(all.size() - 1);
  }

  /** When the first write is acknowledged there, the same. */
  static long first(Lab lab, LabInstance instance) {
    for (int i = 0; i < 300; i++) {
      // before it is tried: later than this it was not taken
      long now = System.currentTimeMillis();
      try (Connection connection = lab.connect(instance);
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT txid_current()");
        return now;
      } catch (SQLException | LabFailure notYet) {
        LockSupport.parkNanos(50_000_000);
      }
    }
    throw new AssertionError(instance.id() + " accepts no writes");
  }
}
