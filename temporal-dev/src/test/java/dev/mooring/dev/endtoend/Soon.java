package dev.mooring.dev.endtoend;

import dev.mooring.dev.ledger.LawBroken;
import dev.mooring.dev.machine.ThisMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Waiting, within a bound, for a state that is looked at; never for time to pass. A look that runs
 * a program or asks a run is not made again at once: what is waited for needs the processor too.
 */
final class Soon {
  private static final Duration USUAL = Duration.ofSeconds(60);
  private static final long BRIEFLY = 10;
  private static final long AT_MOST = 100;

  /** For each millisecond that a look takes. */
  private static final long REST = 3;

  private Soon() {}

  /** It was looked at all the time, and did not come. */
  private static final class Missed extends AssertionError {
    private static final long serialVersionUID = 1L;

    Missed(String sentence) {
      super(sentence);
    }
  }

  /** Returns as soon as the state is there; fails with the sentence when it does not come. */
  static void soon(String sentence, Callable<Boolean> state) {
    within(USUAL, sentence, state);
  }

  /** The same, for what takes an idle machine so long. */
  static void within(Duration idle, String sentence, Callable<Boolean> state) {
    Duration limit = ThisMachine.takes(idle);
    long end = System.nanoTime() + limit.toNanos();
    try {
      for (long began = System.nanoTime(); !state.call(); began = System.nanoTime()) {
        long looked = System.nanoTime();
        if (looked - end > 0) {
          throw new Missed("not within " + limit.toSeconds() + " s: " + sentence);
        }
        long rest = REST * TimeUnit.NANOSECONDS.toMillis(looked - began);
        Thread.sleep(Math.max(BRIEFLY, Math.min(AT_MOST, rest)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting: " + sentence, e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("could not look whether " + sentence, e);
    }
  }

  /** As {@link #soon}, of a state that a law promises: if it does not come, the law is broken. */
  static void promised(String sentence, Callable<Boolean> state) {
    try {
      soon(sentence, state);
    } catch (Missed never) {
      throw new LawBroken(String.valueOf(never.getMessage()));
    }
  }

  /**
   * What a look sees once it sees what is meant: a busy machine may miss the seconds that a look
   * has, so it is made again.
   */
  static <R> R seen(String sentence, Callable<R> look, Predicate<R> complete) {
    List<R> seen = new ArrayList<>();
    try {
      soon(
          sentence,
          () -> {
            seen.add(look.call());
            return complete.test(seen.get(seen.size() - 1));
          });
    } catch (AssertionError never) {
      throw new AssertionError(never.getMessage() + ", but " + seen.get(seen.size() - 1), never);
    }
    return seen.get(seen.size() - 1);
  }
}
