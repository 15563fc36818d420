package dev.mooring.activities.host;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Looks again for what may be shown late: by a cache, another replica, or an archive.
 *
 * @param atMost how long to look for it; zero is one observation
 */
public record Late(Duration atMost) {
  private static final Duration BETWEEN = Duration.ofMillis(200);

  /** The first reading that satisfies, else the last; also when stopped meanwhile. */
  public <T> T look(Supplier<T> look, Predicate<T> satisfies) {
    long began = System.nanoTime();
    T seen = look.get();
    while (!satisfies.test(seen) && System.nanoTime() - began < atMost.toNanos()) {
      try {
        Thread.sleep(BETWEEN.toMillis());
      } catch (InterruptedException cancelled) {
        Thread.currentThread().interrupt();
        return seen;
      }
      seen = look.get();
    }
    return seen;
  }
}
