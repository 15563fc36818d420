package dev.mooring.dev.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The load as a process of its own, so that it goes on writing whatever happens to those who
 * started it. Told to end, it finishes the transfers it began and leaves none prepared.
 */
public final class LoadMain {
  private static final Duration LOOK = Duration.ofMillis(20);

  private final LoadPlan plan;
  private final Path directory;
  private final Decisions decisions;
  private final Pace pace = new Pace();

  private LoadMain(Path directory) {
    this.plan = LoadPlan.read(directory);
    this.directory = directory;
    this.decisions = new Decisions(directory);
  }

  /** Runs the load whose plan is in the directory named, until the process is told to end. */
  public static void main(String[] arguments) throws InterruptedException {
    new LoadMain(Path.of(arguments[0])).run();
  }

  /** The file that says, when it is there, that every client has written. */
  public static Path startedFileIn(Path directory) {
    return directory.resolve("started");
  }

  /** The file that says, when it is there, that no transfer was left prepared. */
  public static Path endedFileIn(Path directory) {
    return directory.resolve("ended");
  }

  private void run() throws InterruptedException {
    PreparedTransfers.settle(plan, decisions);
    List<Transfers> transfers =
        IntStream.range(0, Transfers.CLIENTS)
            .mapToObj(client -> new Transfers(plan, client, decisions, pace))
            .toList();
    List<LedgerWriter> writers =
        plan.databases().stream()
            .map(db -> new LedgerWriter(db, new Ledger(directory, db.content()), pace))
            .toList();
    List<Thread> threads =
        java.util.stream.Stream.concat(transfers.stream(), writers.stream())
            .map(Thread::new)
            .toList();
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(main)));
    threads.forEach(Thread::start);
    while (!pace.stopped() && !allWrote(transfers, writers)) {
      pace.pause(LOOK);
    }
    write(startedFileIn(directory));
    for (Thread thread : threads) {
      thread.join();
    }
    PreparedTransfers.settle(plan, decisions);
    write(endedFileIn(directory));
  }

  private static boolean allWrote(List<Transfers> transfers, List<LedgerWriter> writers) {
    return transfers.stream().allMatch(client -> client.done() > 0)
        && writers.stream().allMatch(client -> client.done() > 0);
  }

  private void end(Thread main) {
    pace.stop();
    try {
      main.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void write(Path file) {
    try {
      Files.writeString(file, Instant.now() + "\n");
    } catch (IOException e) {
      throw new LoadFailure("could not write " + file, e);
    }
  }
}
