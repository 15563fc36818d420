package dev.mooring.dev.ledger;

import dev.mooring.dev.machine.ThisMachine;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One client that moves money between contents by two-phase commit: prepared on both, decided,
 * committed on both. It holds the barrier's lock, shared, from before the first statement until the
 * last commit, so that a holder of the exclusive lock finds no transfer half done.
 *
 * <p>Each client keeps to accounts of its own: no instance detects a deadlock across instances.
 */
final class Transfers implements Runnable {
  /** The advisory lock of the barrier. */
  static final int BARRIER_KEY = 7707;

  static final int CLIENTS = 4;

  private static final Duration DWELL = Duration.ofMillis(400);
  private static final Duration PREPARED = Duration.ofMillis(300);
  private static final Duration TOLD = Duration.ofMillis(150);
  private static final Duration AGAIN = Duration.ofMillis(200);
  private static final Duration PATIENCE_AT_STOP = ThisMachine.takes(Duration.ofSeconds(15));
  private static final Duration SENT_AGAIN = Duration.ofMinutes(3);
  private static final int LARGEST_AMOUNT = 9;
  private static final String UNDEFINED_OBJECT = "42704";

  private final LoadPlan plan;
  private final int client;
  private final Decisions decisions;
  private final Pace pace;
  private final LoadLog log;
  private final List<Session> sessions;
  private final Session barrier;
  private final Random random;
  private final AtomicLong done = new AtomicLong();

  /** The transfers that were given up lately, with the time until which they may be prepared. */
  private final Map<String, Long> givenUp = new LinkedHashMap<>();

  private final String run = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);

  Transfers(LoadPlan plan, int client, Decisions decisions, Pace pace, LoadLog log) {
    this.plan = plan;
    this.client = client;
    this.decisions = decisions;
    this.pace = pace;
    this.log = log;
    this.sessions = holders(plan).stream().map(Session::new).toList();
    this.barrier = new Session(plan.arbiter());
    this.random = new Random(client);
  }

  /** The databases with accounts: of a Greenplum its segments. */
  private static List<Database> holders(LoadPlan plan) {
    List<Database> all = plan.databases();
    return plan.barrier() == LoadPlan.Barrier.WHILE_TOLD ? all.subList(1, all.size()) : all;
  }

  /** How many transfers were committed everywhere. */
  long done() {
    return done.get();
  }

  /** Cuts off whatever the client waits for. */
  void abandon() {
    barrier.abort();
    sessions.forEach(Session::abort);
  }

  @Override
  public void run() {
    for (long number = 1; !pace.stopped(); number++) {
      try {
        rollBackLate();
        enterBarrier();
        // as in a gid, the number behind the last hyphen is of this transfer alone
        transfer("lab-%s-%d%09d".formatted(run, client, number));
        leaveBarrier();
        pace.pause(pace.tempo().betweenTransfers());
      } catch (SQLException e) {
        log.say("transfer of client " + client, e);
        barrier.close();
        pace.pause(AGAIN);
      }
    }
    barrier.close();
    sessions.forEach(Session::close);
  }

  private void enterBarrier() throws SQLException {
    if (plan.barrier() == LoadPlan.Barrier.HELD) {
      barrier.execute(
          "SET lock_timeout = 0", "SELECT pg_advisory_lock_shared(" + BARRIER_KEY + ")");
    }
  }

  private void leaveBarrier() throws SQLException {
    if (plan.barrier() == LoadPlan.Barrier.HELD) {
      barrier.execute("SELECT pg_advisory_unlock_shared(" + BARRIER_KEY + ")");
    }
  }

  private void transfer(String name) throws SQLException {
    int from = random.nextInt(sessions.size());
    int to = (from + 1 + random.nextInt(Math.max(1, sessions.size() - 1))) % sessions.size();
    int amount = 1 + random.nextInt(LARGEST_AMOUNT);
    if (from == to) {
      within(sessions.get(from), amount);
    } else {
      between(name, sessions.get(from), sessions.get(to), amount);
    }
    done.incrementAndGet();
  }

  /**
   * Rolls back transfers that were prepared after they were given up: TCP resends lost packets for
   * a while, also of a connection that its client has closed. No other process would end them.
   */
  private void rollBackLate() throws SQLException {
    givenUp.values().removeIf(until -> System.nanoTime() - until > 0);
    for (String name : givenUp.keySet()) {
      for (Session session : sessions) {
        if (session.number("SELECT count(*) FROM pg_prepared_xacts WHERE gid = '" + name + "'")
            > 0) {
          finish("ROLLBACK PREPARED '" + name + "'", session);
        }
      }
    }
  }

  private void within(Session session, long amount) throws SQLException {
    session.execute("BEGIN", change(-amount), change(amount), "COMMIT");
  }

  private void between(String name, Session from, Session to, long amount) throws SQLException {
    try {
      from.execute("BEGIN", change(-amount), "PREPARE TRANSACTION '" + name + "'");
      to.execute("BEGIN", change(amount), "PREPARE TRANSACTION '" + name + "'");
    } catch (SQLException e) {
      finish("ROLLBACK PREPARED '" + name + "'", from);
      finish("ROLLBACK PREPARED '" + name + "'", to);
      givenUp.put(name, System.nanoTime() + SENT_AGAIN.toNanos());
      throw e;
    }
    if (plan.barrier() == LoadPlan.Barrier.WHILE_TOLD) {
      report(name, from, to);
      return;
    }
    decisions.commit(name);
    finish("COMMIT PREPARED '" + name + "'", from);
    if (plan.barrier() == LoadPlan.Barrier.IGNORED) {
      pace.pause(DWELL);
    }
    finish("COMMIT PREPARED '" + name + "'", to);
  }

  /**
   * The second phase as a Greenplum has it. The pause before the coordinator's record is longer
   * than the making of a point takes: a Greenplum's lock does not keep a transfer from being
   * prepared on one segment after that segment's record and recorded on the coordinator before the
   * coordinator's own.
   */
  private void report(String name, Session from, Session to) throws SQLException {
    pace.pause(PREPARED);
    decisions.commit(name);
    finish(DistributedCommits.record(name), barrier);
    barrier.execute(
        "SET lock_timeout = 0",
        "SELECT pg_advisory_lock_shared(" + DistributedCommits.LOCK_KEY + ")");
    finish("COMMIT PREPARED '" + name + "'", from);
    pace.pause(TOLD);
    finish("COMMIT PREPARED '" + name + "'", to);
    barrier.execute(
        DistributedCommits.forget(name),
        "SELECT pg_advisory_unlock_shared(" + DistributedCommits.LOCK_KEY + ")");
  }

  /** Brings a prepared transaction to its end, over as many connections as that takes. */
  private void finish(String statement, Session session) throws SQLException {
    long patience = System.nanoTime() + PATIENCE_AT_STOP.toNanos();
    while (true) {
      try {
        session.execute(statement);
        return;
      } catch (SQLException e) {
        if (UNDEFINED_OBJECT.equals(e.getSQLState())) {
          return; // it reached its end before, and only the answer was lost
        }
        if (pace.abandoned() || (pace.stopped() && System.nanoTime() > patience)) {
          throw e;
        }
        log.say(statement + " on " + session.database().instance(), e);
        Pace.rest(AGAIN);
      }
    }
  }

  private String change(long amount) {
    int accounts = LoadSchema.ACCOUNTS / CLIENTS;
    int account = 1 + client * accounts + random.nextInt(accounts);
    return "UPDATE lab.account SET balance = balance + %d WHERE id = %d".formatted(amount, account);
  }
}
