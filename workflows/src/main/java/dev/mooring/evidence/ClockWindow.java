package dev.mooring.evidence;

import java.time.Instant;

/**
 * Two readings of one instance's own clock, taken around an act there.
 *
 * @param before read before the act
 * @param after read after it
 */
public record ClockWindow(Instant before, Instant after) {

  public ClockWindow {
    if (after.isBefore(before)) {
      throw new IllegalArgumentException(
          "clock read " + after + " after the act, which is before " + before);
    }
  }

  /** True when that time lies in the window, its ends included. */
  public boolean holds(Instant time) {
    return !time.isBefore(before) && !time.isAfter(after);
  }
}
