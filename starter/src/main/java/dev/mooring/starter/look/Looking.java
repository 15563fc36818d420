package dev.mooring.starter.look;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Explained;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.starter.console.Span;
import io.temporal.failure.TemporalFailure;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private final long end;

  /** Looks for no longer than that from now on. */
  public Looking(Duration within) {
    this.within = within;
    this.end = System.nanoTime() + within.toNanos();
  }

  /** A look that has begun; the answer waits for it, at most to the deadline. */
  public <T> Supplier<Sight<T>> at(String what, Supplier<T> look) {
    Future<T> looking = threads.submit(look::get);
    return () -> result(what, looking);
  }

  private <T> Sight<T> result(String what, Future<T> looking) {
    try {
      long left = Math.max(0, end - System.nanoTime());
      return new Sight.Seen<>(looking.get(left, TimeUnit.NANOSECONDS));
    } catch (TimeoutException silent) {
      return new Sight.Unseen<>(
          what + " did not answer within " + inWords(within),
          "see whether it is up and reachable from here, then look again",
          true);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return new Sight.Unseen<>(what + " was not waited for", "", false);
    } catch (ExecutionException failed) {
      return unseen(what, failed.getCause() == null ? failed : failed.getCause());
    }
  }

  private static String inWords(Duration within) {
    return within.toSeconds() == 0 ? within.toMillis() + " ms" : Span.of(within);
  }

  private static <T> Sight<T> unseen(String what, Throwable failure) {
    if (failure instanceof CommandFailure told) {
      return new Sight.Unseen<>(String.valueOf(told.getMessage()), told.hint(), true);
    }
    if (failure instanceof TemporalFailure told) {
      Explained explained = Explained.of(told);
      return new Sight.Unseen<>(
          explained.sentence(), explained.code().hint(), isOnItsSide(explained.code()));
    }
    return new Sight.Unseen<>(what + ": " + failure, "", true);
  }

  /** A key or a password that is not on this machine says nothing about the other one. */
  static boolean isOnItsSide(FailureCode code) {
    return code != FailureCode.AUTHENTICATION_REFUSED && code != FailureCode.HOST_KEY_REFUSED;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
