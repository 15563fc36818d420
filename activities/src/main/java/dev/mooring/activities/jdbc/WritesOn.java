package dev.mooring.activities.jdbc;

import dev.mooring.port.Witnessed.Database;
import java.time.Duration;

/** For how long a server accepted writes at every attempt. */
final class WritesOn {
  private final long wanted;
  private boolean writes;
  private long from;

  WritesOn(Duration wanted) {
    this.wanted = wanted.toNanos();
  }

  /**
   * Whether it has for as long as is wanted.
   *
   * @param seen the result of this attempt
   * @param began when this attempt began, and {@code ended} when it was over, by one clock
   */
  boolean isLongEnough(Database seen, long began, long ended) {
    from = writes ? from : began;
    writes = seen == Database.WRITES;
    return writes && ended - from >= wanted;
  }
}
