package dev.mooring.starter.whois;

import dev.mooring.activities.host.DaemonThreads;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.Explained;
import dev.mooring.runbook.Observed;
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

/** Reads several things in parallel, all within one deadline. */
public final class WhoisLook implements AutoCloseable {
  private final ExecutorService threads =
      Executors.newCachedThreadPool(DaemonThreads.named("look"));
  private final Duration within;
  private final LongSupplier nanoTime;
  private final long end;

  /** Reads for no longer than that from now on. */
  public WhoisLook(Duration within) {
    this(within, System::nanoTime);
  }

  WhoisLook(Duration within, LongSupplier nanoTime) {
    this.within = within;
    this.nanoTime = nanoTime;
    this.end = nanoTime.getAsLong() + within.toNanos();
  }

  /** A reading that has begun; the answer waits for it, at most to the deadline. */
  public <T> Supplier<Observed<T>> at(String what, FailureCode ifSilent, Supplier<T> look) {
    Future<T> looking = threads.submit(look::get);
    return () -> result(what, ifSilent, looking);
  }

  private <T> Observed<T> result(String what, FailureCode ifSilent, Future<T> looking) {
    try {
      long left = Math.max(0, end - nanoTime.getAsLong());
      return new Observed.Seen<>(looking.get(left, TimeUnit.NANOSECONDS));
    } catch (TimeoutException silent) {
      return new Observed.Unseen<>(ifSilent, what + " did not answer within " + inWords(within));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return new Observed.Unseen<>(FailureCode.CANCELLED, what + " was not waited for");
    } catch (ExecutionException failed) {
      return unseen(what, failed.getCause() == null ? failed : failed.getCause());
    }
  }

  private static String inWords(Duration within) {
    return within.toSeconds() == 0 ? within.toMillis() + " ms" : DurationText.of(within);
  }

  private static <T> Observed<T> unseen(String what, Throwable failure) {
    if (failure instanceof TemporalFailure temporal) {
      Explained explained = Explained.of(temporal);
      return new Observed.Unseen<>(explained.code(), explained.sentence());
    }
    return new Observed.Unseen<>(FailureCode.BUG, what + ": " + failure);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
