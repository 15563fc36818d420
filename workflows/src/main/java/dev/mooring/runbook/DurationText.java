package dev.mooring.runbook;

import java.math.BigDecimal;
import java.time.Duration;

/**
 * Durations as text: {@code 42 s}, {@code 3 min 20 s}, {@code 2 h 5 min}, {@code 3 d 4 h}; and the
 * next of several waits.
 */
public final class DurationText {
  private DurationText() {}

  /** A duration in its two largest units; a negative one is 0 s. */
  public static String of(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return two(seconds / 60, "min", seconds % 60, "s");
    }
    if (seconds < 86_400) {
      return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
    }
    return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
  }

  /** A duration in seconds, with milliseconds if there are any; a negative one is 0. */
  public static String seconds(Duration duration) {
    return BigDecimal.valueOf(Math.max(0, duration.toMillis()), 3)
        .stripTrailingZeros()
        .toPlainString();
  }

  /** Twice as long as the last wait, up to a limit. */
  public static Duration twice(Duration last, Duration atMost) {
    return shorter(last.multipliedBy(2), atMost);
  }

  /** The shorter of both. */
  public static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }
}
