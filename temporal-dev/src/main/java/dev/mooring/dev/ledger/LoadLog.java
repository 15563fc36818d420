package dev.mooring.dev.ledger;

import java.sql.SQLException;
import java.time.Instant;
import java.util.function.Consumer;

/** Logs failures while the load runs, for people; the load goes on. */
final class LoadLog {
  private final Consumer<String> lines;

  LoadLog(Consumer<String> lines) {
    this.lines = lines;
  }

  void say(String where, SQLException failure) {
    lines.accept(
        "%s %s: %s %s"
            .formatted(Instant.now(), where, failure.getSQLState(), failure.getMessage()));
  }
}
