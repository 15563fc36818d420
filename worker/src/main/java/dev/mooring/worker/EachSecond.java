package dev.mooring.worker;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does many things each second, each in a thread of its own for as long as it takes: one that waits
 * makes no other late. What is under way still is not begun beside itself.
 */
final class EachSecond implements AutoCloseable {
  private final ScheduledExecutorService clock;
  private final ExecutorService threads;

  /**
   * @param name of its threads
   */
  EachSecond(String name) {
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        };
    this.clock = Executors.newSingleThreadScheduledExecutor(daemons);
    this.threads = Executors.newCachedThreadPool(daemons);
  }

  /** From now on, until what is answered is cancelled. */
  Future<?> begin(Runnable what) {
    AtomicBoolean underWay = new AtomicBoolean();
    return clock.scheduleAtFixedRate(
        () -> {
          if (underWay.compareAndSet(false, true)) {
            threads.execute(
                () -> {
                  try {
                    what.run();
                  } finally {
                    underWay.set(false);
                  }
                });
          }
        },
        0,
        1,
        TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    threads.shutdownNow();
  }
}
