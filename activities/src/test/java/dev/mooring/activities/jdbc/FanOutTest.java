package dev.mooring.activities.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.contract.Limit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** However many servers there are, 512 are worked on at once, and every one answers. */
class FanOutTest {
  private static final int AT_ONCE = 512;
  private static final List<Integer> SERVERS = IntStream.range(0, 520).boxed().toList();

  private final CountDownLatch crowded = new CountDownLatch(AT_ONCE);
  private final Set<String> threads = new HashSet<>();
  private int running;
  private int peak;

  @Test
  void works_on_so_many_of_more_servers_at_once_and_hears_all_of_them() {
    List<Integer> answered = FanOut.values(FanOut.over(SERVERS, this::answersInTheCrowd));

    assertThat(answered).isEqualTo(SERVERS);
    assertThat(peak).isEqualTo(AT_ONCE);
    assertThat(threads).as("a thread for each that may be in flight").hasSize(AT_ONCE);
  }

  /** Answers once as many as may be are under way with it. */
  private int answersInTheCrowd(int server) {
    changes(1);
    crowded.countDown();
    try {
      assertThat(crowded.await(Limit.seconds(60).toSeconds(), TimeUnit.SECONDS))
          .as("%s at once", AT_ONCE)
          .isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted at server " + server, e);
    } finally {
      changes(-1);
    }
    return server;
  }

  private synchronized void changes(int by) {
    running += by;
    peak = Math.max(peak, running);
    threads.add(Thread.currentThread().getName());
  }
}
