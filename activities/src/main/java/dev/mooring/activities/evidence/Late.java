package dev.mooring.activities.evidence;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Looks at what is surely there and may be shown late: behind a cache, or on another replica.
 *
 * @param atMost how long it is looked for
 */
record Late(Duration atMost) {
  static final Duration AT_MOST = Duration.ofSeconds(10);

  private static final Duration BETWEEN = Duration.ofMillis(200);

  /** What was found in that time; nothing also when the reader was told to stop. */
  Optional<byte[]> read(Supplier<Optional<byte[]>> look) {
    long began = System.nanoTime();
    Optional<byte[]> seen = look.get();
    while (seen.isEmpty() && System.nanoTime() - began < atMost.toNanos()) {
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
