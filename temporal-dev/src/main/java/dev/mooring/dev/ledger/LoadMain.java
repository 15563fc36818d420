package dev.mooring.dev.ledger;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The load as a process of its own, so that it goes on writing whatever happens to its starter. On
 * a request to end, it finishes the transfers it began and leaves none prepared.
 */
public final class LoadMain {
  private static final PrintStream OUT = System.err;
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration UNTIL_TOLD = Duration.ofDays(1);

  private final LoadPlan plan;
  private final Path directory;
  private final Decisions decisions;

  private LoadMain(Path directory) {
    this.plan = LoadPlan.read(directory);
    this.directory = directory;
    this.decisions = new Decisions(directory);
  }

  /** Runs the load of the plan in the given directory until the process is asked to end. */
  public static void main(String[] arguments) {
    new LoadMain(Path.of(arguments[0])).run();
  }

  /** The file that exists once every client has written. */
  public static Path startedFileIn(Path directory) {
    return directory.resolve("started");
  }

  /** The file that exists once no transfer is left prepared. */
  public static Path endedFileIn(Path directory) {
    return directory.resolve("ended");
  }

  private void run() {
    PreparedTransfers.settle(plan, decisions);
    Thread main = Thread.currentThread();
    LoadRun run = LoadRun.start(plan, directory, Tempo.FULL, OUT::println);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(run, main)));
    while (!run.stopped() && !run.allWrote()) {
      run.pause(LOOK);
    }
    write(startedFileIn(directory));
    while (!run.stopped()) {
      run.pause(UNTIL_TOLD);
    }
    run.stop();
    write(endedFileIn(directory));
  }

  private static void end(LoadRun run, Thread main) {
    run.tellToStop();
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
