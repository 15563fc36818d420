package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.port.FailureCode;

/** What the tests of decisions say about an answer. */
public final class Verdicts {
  private Verdicts() {}

  /** It goes on; what it concluded. */
  public static <T> T proceeds(Verdict<T> verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Proceed.class);
    return ((Verdict.Proceed<T>) verdict).conclusion();
  }

  /** It waits, and says in these words for what. */
  public static void waits(Verdict<?> verdict, String awaiting) {
    assertThat(verdict).isEqualTo(Verdict.notYet(awaiting));
  }

  /** It is refused for good, for this reason in these words. */
  public static void never(Verdict<?> verdict, FailureCode code, String reason) {
    assertThat(verdict).isEqualTo(Verdict.never(code, reason));
  }
}
