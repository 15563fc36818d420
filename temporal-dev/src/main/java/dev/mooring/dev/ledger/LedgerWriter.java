package dev.mooring.dev.ledger;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One client that writes numbered rows to a content, one after the other, and records each in the
 * ledger once its commit returned. After a lost answer it checks whether the row is there before it
 * goes on, so that the numbers have no gap.
 */
final class LedgerWriter implements Runnable {
  /** Answered by a server that accepts writes: a standby may not have the last rows yet. */
  private static final String LAST = "SELECT coalesce(max(seq), 0), txid_current() FROM lab.ledger";

  private static final Duration AGAIN = Duration.ofMillis(200);

  private final Session session;
  private final Ledger ledger;
  private final Pace pace;
  private final LoadLog log;
  private final AtomicLong done = new AtomicLong();

  LedgerWriter(Database database, Ledger ledger, Pace pace, LoadLog log) {
    this.session = new Session(database);
    this.ledger = ledger;
    this.pace = pace;
    this.log = log;
  }

  /** How many of this client's rows were acknowledged. */
  long done() {
    return done.get();
  }

  /** Ends the client's session; its ledger grows no more. */
  void abandon() {
    ledger.close();
    session.abort();
  }

  @Override
  public void run() {
    while (!pace.stopped()) {
      try {
        for (long next = seenLast() + 1; !pace.stopped(); next++) {
          session.execute("INSERT INTO lab.ledger (seq) VALUES (" + next + ")");
          acknowledge(next);
          pace.pause(pace.tempo().betweenRows());
        }
      } catch (SQLException e) {
        log.say("ledger of " + session.database().instance(), e);
        pace.pause(AGAIN);
      }
    }
    session.close();
  }

  /** The last row there, acknowledged now if its answer had been lost. */
  private long seenLast() throws SQLException {
    long there = session.number(LAST);
    long acknowledged = ledger.highest();
    if (there < acknowledged) {
      throw new LoadFailure(
          "%s lost acknowledged rows: it ends at %d, the ledger at %d"
              .formatted(session.database().instance(), there, acknowledged));
    }
    for (long number = acknowledged + 1; number <= there; number++) {
      acknowledge(number);
    }
    return there;
  }

  private void acknowledge(long number) {
    ledger.acknowledge(number);
    done.incrementAndGet();
  }
}
