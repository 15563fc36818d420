package dev.mooring.dev.lab;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** The same work on several items at once; all of it ends before the first failure is thrown. */
final class Parallel {
  private static final int AT_ONCE = 4;

  private Parallel() {}

  static <T> void forEach(List<T> things, Consumer<T> work) {
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<? extends Future<?>> running =
          things.stream().map(thing -> threads.submit(() -> work.accept(thing))).toList();
      List<Throwable> failures = running.stream().flatMap(f -> failure(f).stream()).toList();
      if (!failures.isEmpty()) {
        LabFailure reported =
            new LabFailure(String.valueOf(failures.get(0).getMessage()), failures.get(0));
        failures.stream().skip(1).forEach(reported::addSuppressed);
        throw reported;
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<Throwable> failure(Future<?> running) {
    try {
      running.get();
      return List.of();
    } catch (ExecutionException e) {
      return List.of(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(e);
    }
  }
}
