package dev.mooring.activities.host;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs looks one after another, each begun some time after the one before. */
public final class Spaced {
  private Spaced() {}

  /**
   * Runs this many looks.
   *
   * @param apart from the beginning of an observation to that of the next; an observation that
   *     takes longer is followed immediately
   * @throws IllegalStateException if the thread is interrupted between them
   */
  public static <T> List<T> looks(int times, Duration apart, Supplier<T> look) {
    List<T> seen = new ArrayList<>();
    long next = System.nanoTime();
    for (int number = 0; number < times; number++) {
      until(next);
      next = System.nanoTime() + apart.toNanos();
      seen.add(look.get());
    }
    return seen;
  }

  /**
   * Waits until then, as {@link System#nanoTime} counts it.
   *
   * @throws IllegalStateException if the thread is interrupted meanwhile, or was before: a
   *     connection that is waited for in vain does not notice that
   */
  public static void until(long next) {
    long left = Math.max(0, next - System.nanoTime());
    try {
      Thread.sleep(left == 0 ? 0 : Duration.ofNanos(left).toMillis() + 1);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the worker stopped between two observations", stopped);
    }
  }
}
