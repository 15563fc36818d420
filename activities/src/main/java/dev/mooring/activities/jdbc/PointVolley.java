package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.evidence.RestorePointName;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Sends one message to every primary at the same moment, over open sessions: threads wait at one
 * latch, so that the points are as close together as the network allows.
 */
final class PointVolley {
  private final List<ReadyPrimary> primaries;
  private final RestorePointName name;
  private final CountDownLatch answered;
  private final Set<ReadyPrimary> unanswered = ConcurrentHashMap.newKeySet();
  private final List<Future<Answer<ReadyPrimary, Shot>>> running = new ArrayList<>();

  PointVolley(List<ReadyPrimary> primaries, RestorePointName name) {
    this.primaries = primaries;
    this.name = name;
    this.answered = new CountDownLatch(primaries.size());
  }

  /** One primary's point, and when the request was sent and answered on this process's clock. */
  record Shot(
      ReadyPrimary primary, RestorePointSql.Made made, long sentNanos, long answeredNanos) {}

  void fire() {
    CountDownLatch latch = new CountDownLatch(1);
    ExecutorService threads = FanOut.threads(primaries.size());
    unanswered.addAll(primaries);
    for (ReadyPrimary primary : primaries) {
      running.add(threads.submit(() -> FanOut.answer(primary, one -> shot(one, latch))));
    }
    latch.countDown();
    threads.shutdown();
  }

  private Shot shot(ReadyPrimary primary, CountDownLatch latch) throws DatabaseFault {
    try {
      latch.await();
      long sent = System.nanoTime();
      RestorePointSql.Made made =
          RestorePointSql.make(primary.server(), primary.session(), primary.seen(), name);
      return new Shot(primary, made, sent, System.nanoTime());
    } catch (InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    } finally {
      unanswered.remove(primary);
      answered.countDown();
    }
  }

  boolean wasFired() {
    return !running.isEmpty();
  }

  /**
   * True if every primary answered in time. The other sessions are ended: their late answers are of
   * no use. An interrupt is kept, and ends the wait.
   */
  boolean answeredBy(Deadline deadline) {
    boolean all = false;
    try {
      all = answered.await(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException cancelled) {
      Thread.currentThread().interrupt();
    }
    if (!all) {
      unanswered.forEach(primary -> primary.session().abort());
    }
    return all;
  }

  /** Waits for every answer that is still under way; none when it was not fired. */
  List<Answer<ReadyPrimary, Shot>> drain() {
    return FanOut.drained(running, () -> {});
  }
}
