package dev.mooring.dev.lab;

import dev.mooring.dev.machine.ThisMachine;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for a state by reading it, never for time to pass. Every limit is the time that an idle
 * machine needs.
 */
public final class Await {
  /** For work of seconds on an idle machine. */
  private static final Duration USUAL = Duration.ofSeconds(60);

  /** The same limit on this machine. */
  public static final Duration LIMIT = ThisMachine.takes(USUAL);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private Await() {}

  /** Whether the state came within the limit. */
  static boolean reached(Duration idle, BooleanSupplier state) {
    long end = System.nanoTime() + ThisMachine.takes(idle).toNanos();
    while (!state.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      pause();
    }
    return true;
  }

  /** Waits for the state, or fails with the sentence, which is made only then. */
  public static void until(BooleanSupplier state, Supplier<String> otherwise) {
    until(USUAL, state, otherwise);
  }

  /** Waits with another limit, as an idle machine needs it. */
  public static void until(Duration idle, BooleanSupplier state, Supplier<String> otherwise) {
    if (!reached(idle, state)) {
      throw new LabFailure(
          "%s within %d ms".formatted(otherwise.get(), ThisMachine.takes(idle).toMillis()));
    }
  }

  /** Whether a process ended within the limit. */
  public static boolean ended(Process process) throws InterruptedException {
    return process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabFailure("interrupted while waiting", e);
    }
  }
}
