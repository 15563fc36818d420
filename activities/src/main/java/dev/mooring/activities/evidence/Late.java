package dev.mooring.activities.evidence;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks at what is surely there and may be shown late: behind a cache, or on another replica. */
final class Late {
  private static final Duration AT_MOST = Duration.ofSeconds(10);
  private static final Duration BETWEEN = Duration.ofMillis(200);

  private Late() {}

  /** What was found within ten seconds; nothing also when the reader was told to stop. */
  static Optional<byte[]> read(Supplier<Optional<byte[]>> look) {
    long began = System.nanoTime();
    Optional<byte[]> seen = look.get();
    while (seen.isEmpty() && System.nanoTime() - began < AT_MOST.toNanos()) {
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
