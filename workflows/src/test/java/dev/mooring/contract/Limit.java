package dev.mooring.contract;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How long a test waits at most. Every limit is given as an idle machine needs it; the property
 * {@code mooring.slower} says how many times longer this one may take.
 */
public final class Limit {
  private static final long BETWEEN_LOOKS_MILLIS = 50;

  private Limit() {}

  /** How long this machine may take for what an idle one does in so many seconds. */
  public static Duration seconds(int idle) {
    return Duration.ofSeconds(idle).multipliedBy(Integer.getInteger("mooring.slower", 1));
  }

  /** Whether the state came within what an idle machine does in so many seconds. */
  public static boolean reached(int idle, BooleanSupplier state) throws InterruptedException {
    long end = System.nanoTime() + seconds(idle).toNanos();
    while (!state.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS_MILLIS);
    }
    return true;
  }

  /** Whether a process ended within what an idle machine does in so many seconds. */
  public static boolean ended(Process process, int idle) throws InterruptedException {
    return process.waitFor(seconds(idle).toMillis(), TimeUnit.MILLISECONDS);
  }
}
