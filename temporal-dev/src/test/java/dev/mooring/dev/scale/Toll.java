package dev.mooring.dev.scale;

import dev.mooring.dev.machine.ThisMachine;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * The latencies of the fleet: what each visit has to wait for, and what that adds up to on the
 * longest path, where 32 hosts, or 512 servers, are visited at once. It also counts how many were.
 */
final class Toll {
  static final int HOSTS_AT_ONCE = 32;
  static final int SERVERS_AT_ONCE = 512;
  private static final Duration GATHERED_WITHIN = ThisMachine.takes(Duration.ofSeconds(4));

  private final Map<String, Visits> visits = new TreeMap<>();
  private final Map<String, Integer> now = new HashMap<>();
  private final Map<String, Integer> most = new TreeMap<>();
  private final Map<String, Integer> gathering = new HashMap<>();

  private static final class Visits {
    private long count;
    private Duration each = Duration.ZERO;
    private int atOnce = 1;
  }

  /** A visit of that kind to a host takes so long; the caller waits for what is left of it. */
  void pay(String kind, Duration each, Duration left) {
    pay(kind, each, left, HOSTS_AT_ONCE);
  }

  void pay(String kind, Duration each) {
    pay(kind, each, each);
  }

  /** The same for a visit to a server. */
  void payAtServer(String kind, Duration each) {
    pay(kind, each, each, SERVERS_AT_ONCE);
  }

  private void pay(String kind, Duration each, Duration left, int atOnce) {
    count(kind, each, atOnce);
    try {
      Thread.sleep(Math.max(0, left.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + kind, e);
    }
  }

  private synchronized void count(String kind, Duration each, int atOnce) {
    Visits of = visits.computeIfAbsent(kind, unused -> new Visits());
    of.count++;
    of.each = each;
    of.atOnce = atOnce;
  }

  /** Something of that kind begins to be held, by who waits for others where they gather. */
  synchronized void enter(String kind) {
    most.merge(kind, now.merge(kind, 1, Integer::sum), Math::max);
    notifyAll();
    long until = System.nanoTime() + GATHERED_WITHIN.toNanos();
    try {
      while (most(kind) < gathering.getOrDefault(kind, 0) && System.nanoTime() < until) {
        TimeUnit.NANOSECONDS.timedWait(this, until - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * From now on what is held of a kind waits, at most some seconds, until so many were held at
   * once: whether they can be does not depend on how fast each is.
   */
  synchronized void gather(String kind, int many) {
    gathering.put(kind, many);
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
      path = path.plus(of.each.multipliedBy((of.count + of.atOnce - 1) / of.atOnce));
    }
    return path;
  }

  synchronized void reset() {
    visits.clear();
    most.clear();
  }
}
