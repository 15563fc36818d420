package dev.mooring.worker;

import dev.mooring.activities.host.DaemonThreads;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs many tasks each second, each in a thread of its own, so that a task that waits delays no
 * other. A task that is still under way is not begun a second time.
 */
final class EachSecond implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EachSecond.class);

  private final ScheduledExecutorService clock;
  private final ExecutorService threads;

  /**
   * @param name of its threads
   */
  EachSecond(String name) {
    this(DaemonThreads.named(name), Executors.newCachedThreadPool(DaemonThreads.named(name)));
  }

  /**
   * @param threads may refuse one for a time
   */
  EachSecond(ThreadFactory clock, ExecutorService threads) {
    this.clock = Executors.newSingleThreadScheduledExecutor(clock);
    this.threads = threads;
  }

  /** Runs a task each second until the returned future is cancelled. */
  Future<?> begin(Runnable what) {
    AtomicBoolean underWay = new AtomicBoolean();
    return clock.scheduleAtFixedRate(
        () -> {
          if (underWay.compareAndSet(false, true)) {
            begin(what, underWay);
          }
        },
        0,
        1,
        TimeUnit.SECONDS);
  }

  /** Without a free thread the task is tried a second later: an exception would stop the clock. */
  private void begin(Runnable what, AtomicBoolean underWay) {
    try {
      threads.execute(
          () -> {
            try {
              what.run();
            } finally {
              underWay.set(false);
            }
          });
    } catch (RejectedExecutionException | OutOfMemoryError none) {
      underWay.set(false);
      log.warn("no thread for the work of each second", none);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    threads.shutdownNow();
  }
}
