package dev.mooring.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
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

  private static void awaits(CountDownLatch never) {
    try {
      never.await();
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }
}
