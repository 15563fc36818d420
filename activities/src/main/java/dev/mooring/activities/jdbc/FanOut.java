package dev.mooring.activities.jdbc;

import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The same work on many servers in parallel, at most {@value #AT_ONCE} at once: the servers of 32
 * hosts with sixteen instances each. With 32 servers at once a thousand checkpoints took 31 rounds,
 * and the points of a fleet were that much further apart. Every server is waited for and has its
 * own answer.
 */
final class FanOut {
  static final int AT_ONCE = 512;

  private static final AtomicInteger THREADS = new AtomicInteger();

  private FanOut() {}

  /** The work on one item. */
  interface Work<A, T> {
    T on(A item) throws DatabaseFault;
  }

  /** The result for one item. */
  sealed interface Answer<A, T> {
    /** The item. */
    A item();
  }

  /** The work succeeded. */
  record Done<A, T>(A item, T value) implements Answer<A, T> {}

  /** The server did not. */
  record Failed<A, T>(A item, DatabaseFault fault) implements Answer<A, T> {}

  /** The values of the successful answers, in order. */
  static <A, T> List<T> values(List<Answer<A, T>> answers) {
    List<T> values = new ArrayList<>();
    for (Answer<A, T> answer : answers) {
      if (answer instanceof Done<A, T> done) {
        values.add(done.value());
      }
    }
    return values;
  }

  /** The failed answers. */
  static <A, T> List<Failed<A, T>> failures(List<Answer<A, T>> answers) {
    List<Failed<A, T>> failures = new ArrayList<>();
    for (Answer<A, T> answer : answers) {
      if (answer instanceof Failed<A, T> failed) {
        failures.add(failed);
      }
    }
    return failures;
  }

  /** Does the work on each item, in parallel; the answers are in the order of the items. */
  static <A, T> List<Answer<A, T>> over(List<A> items, Work<A, T> work) {
    return over(items, work, () -> {});
  }

  /**
   * The same, for work that may take long.
   *
   * @param whenInterrupted ends the work under way when the activity is cancelled
   */
  static <A, T> List<Answer<A, T>> over(List<A> items, Work<A, T> work, Runnable whenInterrupted) {
    return over(items, AT_ONCE, work, whenInterrupted);
  }

  /**
   * The same, with fewer in flight.
   *
   * @param atOnce how many at most
   */
  static <A, T> List<Answer<A, T>> over(
      List<A> items, int atOnce, Work<A, T> work, Runnable whenInterrupted) {
    if (items.isEmpty()) {
      return List.of();
    }
    ExecutorService threads = threads(Math.min(items.size(), atOnce));
    try {
      List<Future<Answer<A, T>>> running = new ArrayList<>();
      for (A item : items) {
        running.add(threads.submit(() -> answer(item, work)));
      }
      return drained(running, whenInterrupted);
    } finally {
      threads.shutdown();
    }
  }

  static ExecutorService threads(int items) {
    return Executors.newFixedThreadPool(
        Math.min(items, AT_ONCE),
        task -> {
          Thread thread = new Thread(task, "jdbc-" + THREADS.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }

  static <A, T> Answer<A, T> answer(A item, Work<A, T> work) {
    try {
      return new Done<>(item, work.on(item));
    } catch (DatabaseFault fault) {
      return new Failed<>(item, fault);
    }
  }

  /** Waits for all, an interrupt notwithstanding: every wait on a server is bounded. */
  static <A, T> List<Answer<A, T>> drained(
      List<Future<Answer<A, T>>> running, Runnable whenInterrupted) {
    List<Answer<A, T>> answers = new ArrayList<>();
    boolean interrupted = false;
    for (Future<Answer<A, T>> one : running) {
      while (true) {
        try {
          answers.add(one.get());
          break;
        } catch (InterruptedException cancelled) {
          interrupted = true;
          whenInterrupted.run();
        } catch (ExecutionException bug) {
          throw new IllegalStateException(bug.getCause());
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw ApplicationFailure.newFailure(
          "interrupted before every server had answered", FailureCode.OUTCOME_UNKNOWN.name());
    }
    return answers;
  }
}
