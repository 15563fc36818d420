package dev.mooring.dev.scale;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The latencies of the fleet: what each visit has to wait for, and what that adds up to on the
 * longest path, where 32 hosts or servers are visited at once. It also counts how many were.
 */
final class Toll {
  private static final int AT_ONCE = 32;

  private final Map<String, Visits> visits = new TreeMap<>();
  private final Map<String, Integer> now = new HashMap<>();
  private final Map<String, Integer> most = new TreeMap<>();

  private static final class Visits {
    private long count;
    private Duration each = Duration.ZERO;
  }

  /** A visit of that kind takes so long; the caller waits for what is left of it. */
  void pay(String kind, Duration each, Duration left) {
    count(kind, each);
    try {
      Thread.sleep(Math.max(0, left.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + kind, e);
    }
  }

  void pay(String kind, Duration each) {
    pay(kind, each, each);
  }

  private synchronized void count(String kind, Duration each) {
    Visits of = visits.computeIfAbsent(kind, unused -> new Visits());
    of.count++;
    of.each = each;
  }

  /** Something of that kind begins to be held. */
  synchronized void enter(String kind) {
    most.merge(kind, now.merge(kind, 1, Integer::sum), Math::max);
  }

  synchronized void leave(String kind) {
    now.merge(kind, -1, Integer::sum);
  }

  /** The most of a kind that were held at once since the last reset. */
  synchronized int most(String kind) {
    return most.getOrDefault(kind, 0);
  }

  /**
   * What all visits since the last reset had to wait for, one after the other where not at once.
   */
  synchronized Duration longestPath() {
    Duration path = Duration.ZERO;
    for (Visits of : visits.values()) {
      path = path.plus(of.each.multipliedBy((of.count + AT_ONCE - 1) / AT_ONCE));
    }
    return path;
  }

  synchronized void reset() {
    visits.clear();
    most.clear();
  }
}
