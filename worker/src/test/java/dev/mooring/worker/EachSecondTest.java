package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.activities.host.DaemonThreads;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker beats for hundreds of activities, and Temporal may be slow to hear one of them. */
@Timeout(60)
class EachSecondTest {
  private static final int MANY = 100;

  private final EachSecond beats = new EachSecond("beats");

  @AfterEach
  void close() {
    beats.close();
  }

  @Test
  void what_waits_makes_no_other_late_and_is_not_begun_beside_itself() throws Exception {
    CountDownLatch waiting = new CountDownLatch(MANY);
    AtomicInteger begun = new AtomicInteger();
    CountDownLatch never = new CountDownLatch(1);
    for (int i = 0; i < MANY; i++) {
      Future<?> one =
          beats.begin(
              () -> {
                begun.incrementAndGet();
                waiting.countDown();
                awaits(never);
              });
      assertThat(one).isNotDone();
    }
    waiting.await();
    CountDownLatch twice = new CountDownLatch(2);
    Future<?> other = beats.begin(twice::countDown);
    assertThat(twice.await(20, TimeUnit.SECONDS)).isTrue();
    other.cancel(false);
    assertThat(begun).hasValue(MANY);
  }

  @Test
  void what_finds_no_thread_is_begun_in_a_later_second() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    ThreadPoolExecutor one =
        new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
    one.execute(() -> awaits(over));
    CountDownLatch refused = new CountDownLatch(1);
    one.setRejectedExecutionHandler(
        (task, pool) -> {
          refused.countDown();
          throw new RejectedExecutionException("no thread");
        });
    try (EachSecond few = new EachSecond(DaemonThreads.named("few"), one)) {
      CountDownLatch begun = new CountDownLatch(1);
      Future<?> it = few.begin(begun::countDown);
      assertThat(refused.await(20, TimeUnit.SECONDS)).isTrue();
      over.countDown();
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      it.cancel(false);
    }
  }

  private static void awaits(CountDownLatch never) {
    try {
      never.await();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
