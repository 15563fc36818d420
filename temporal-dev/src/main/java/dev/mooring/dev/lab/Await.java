package dev.mooring.dev.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a state that is looked at, never for time to pass. */
public final class Await {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private Await() {}

  /** Whether the state came within the limit. */
  static boolean reached(Duration limit, BooleanSupplier state) {
    long end = System.nanoTime() + limit.toNanos();
    while (!state.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      pause();
    }
    return true;
  }

  /** Waits for the state, or fails with the sentence, which is made only then. */
  public static void until(Duration limit, BooleanSupplier state, Supplier<String> otherwise) {
    if (!reached(limit, state)) {
      throw new LabFailure(otherwise.get() + " within " + limit.toMillis() + " ms");
    }
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
