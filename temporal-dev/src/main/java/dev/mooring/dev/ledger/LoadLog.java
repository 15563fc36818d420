package dev.mooring.dev.ledger;

import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Instant;

/** What went wrong while the load ran, for a person to read; the load goes on. */
final class LoadLog {
  private static final PrintStream OUT = System.err;

  private LoadLog() {}

  static void say(String where, SQLException failure) {
    OUT.printf("%s %s: %s %s%n", Instant.now(), where, failure.getSQLState(), failure.getMessage());
  }
}
