package dev.mooring.starter.whois;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Sight;
import dev.mooring.runbook.Span;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Looks at several things at once, all within one deadline. */
public final class Looking implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "look");
            thread.setDaemon(true);
            return thread;
          });
  private final Duration within;
  private final LongSupplier nanoTime;
  private final long end;

  /** Looks for no longer than that from now on. */
  public Looking(Duration within) {
    this(within, System::nanoTime);
  }

  Looking(Duration within, LongSupplier nanoTime) {
    this.within = within;
    this.nanoTime = nanoTime;
    this.end = nanoTime.getAsLong() + within.toNanos();
  }

  /** A look that has begun; the answer waits for it, at most to the deadline. */
  public <T> Supplier<Sight<T>> at(String what, FailureCode ifSilent, Supplier<T> look) {
    Future<T> looking = threads.submit(look::get);
    return () -> result(what, ifSilent, looking);
  }

  private <T> Sight<T> result(String what, FailureCode ifSilent, Future<T> looking) {
    try {
      long left = Math.max(0, end - nanoTime.getAsLong());
      return new Sight.Seen<>(looking.get(left, TimeUnit.NANOSECONDS));
    } catch (TimeoutException silent) {
      return new Sight.Unseen<>(ifSilent, what + " did not answer within " + inWords(within));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return new Sight.Unseen<>(FailureCode.CANCELLED, what + " was not waited for");
    } catch (ExecutionException failed) {
      return unseen(what, failed.getCause() == null ? failed : failed.getCause());
    }
  }

  private static String inWords(Duration within) {
    return within.toSeconds() == 0 ? within.toMillis() + " ms" : Span.of(within);
  }

  private static <T> Sight<T> unseen(String what, Throwable failure) {
    if (failure instanceof TemporalFailure told) {
      Explained explained = Explained.of(told);
      return new Sight.Unseen<>(explained.code(), explained.sentence());
    }
    return new Sight.Unseen<>(FailureCode.BUG, what + ": " + failure);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
