package dev.mooring.dev.endtoend;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waiting, within a bound, for a state that is looked at; never for time to pass. */
final class Soon {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Soon() {}

  /** Returns as soon as the state is there; fails with the sentence when it does not come. */
  static void soon(String sentence, Callable<Boolean> state) {
    within(LIMIT, sentence, state);
  }

  /** The same, for what is known to take longer. */
  static void within(Duration limit, String sentence, Callable<Boolean> state) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      while (!state.call()) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("not within " + limit.toSeconds() + " s: " + sentence);
        }
        Thread.sleep(10);
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

  /**
   * What a look sees once it sees what is meant: a busy machine may miss the seconds that a look
   * has, so it is made again.
   */
  static <R> R seen(String sentence, Supplier<R> look, Predicate<R> complete) {
    List<R> seen = new ArrayList<>();
    try {
      soon(
          sentence,
          () -> {
            seen.add(look.get());
            return complete.test(seen.get(seen.size() - 1));
          });
    } catch (AssertionError never) {
      throw new AssertionError(never.getMessage() + ", but " + seen.get(seen.size() - 1), never);
    }
    return seen.get(seen.size() - 1);
  }
}
