package dev.mooring.dev.ledger;

import dev.mooring.dev.machine.ThisMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The clients of a load, as threads of this process. A server that is down or silent holds none of
 * them for good: they try again until they are stopped.
 */
public final class LoadRun {
  private static final Duration END_LIMIT = ThisMachine.takes(Duration.ofSeconds(30));

  private final LoadPlan plan;
  private final Decisions decisions;
  private final Pace pace;
  private final List<Transfers> transfers;
  private final List<LedgerWriter> writers;
  private final List<Thread> threads;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  private LoadRun(LoadPlan plan, Path directory, Tempo tempo, Consumer<String> log) {
    LoadLog said = new LoadLog(log);
    this.plan = plan;
    this.decisions = new Decisions(directory);
    this.pace = new Pace(tempo);
    this.transfers =
        IntStream.range(0, tempo.transferClients())
            .mapToObj(client -> new Transfers(plan, client, decisions, pace, said))
            .toList();
    this.writers =
        plan.rowsWrittenTo().stream()
            .map(db -> new LedgerWriter(db, new Ledger(directory, db.content()), pace, said))
            .toList();
    this.threads = Stream.concat(transfers.stream(), writers.stream()).map(this::threadOf).toList();
  }

  /**
   * Begins to write; waits for nothing. No other load may write to the same databases.
   *
   * @param directory the load's own, with its ledgers
   * @param log receives a line for each failure that is tried again
   */
  public static LoadRun start(LoadPlan plan, Path directory, Tempo tempo, Consumer<String> log) {
    LoadRun run = new LoadRun(plan, directory, tempo, log);
    run.threads.forEach(Thread::start);
    return run;
  }

  private Thread threadOf(Runnable client) {
    Thread thread = new Thread(client, "load client");
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((gone, why) -> failures.add(String.valueOf(why)));
    return thread;
  }

  /** Whether every client has written. */
  boolean allWrote() {
    return transfers.stream().allMatch(client -> client.done() > 0)
        && writers.stream().allMatch(client -> client.done() > 0);
  }

  boolean stopped() {
    return pace.stopped();
  }

  /** Asks the clients to finish what they began. */
  void tellToStop() {
    pace.stop();
  }

  void pause(Duration duration) {
    pace.pause(duration);
  }

  /**
   * Stops writing: every transfer that was begun is ended, and none is left prepared.
   *
   * @throws LoadFailure if a database prevented it, or a client found that rows were lost
   */
  public void stop() {
    tellToStop();
    awaitClients();
    PreparedTransfers.settle(plan, decisions);
    if (!failures.isEmpty()) {
      throw new LoadFailure("clients gave up: " + String.join("; ", failures));
    }
  }

  /**
   * Stops writing as a crash would: clients get no more answers, and no ledger grows from here on.
   * Returns at once.
   */
  public void abandon() {
    pace.abandon();
    transfers.forEach(Transfers::abandon);
    writers.forEach(LedgerWriter::abandon);
  }

  private void awaitClients() {
    long end = System.nanoTime() + END_LIMIT.toNanos();
    try {
      for (Thread thread : threads) {
        thread.join(Math.max(1, Duration.ofNanos(end - System.nanoTime()).toMillis()));
        if (thread.isAlive()) {
          throw new LoadFailure(
              "a client of the load did not end within %d s".formatted(END_LIMIT.toSeconds()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadFailure("interrupted while the load ended", e);
    }
  }
}
