package dev.mooring.runbook;

import dev.mooring.port.FailureCode;
import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void one_that_goes_on_is_followed_by_what_is_made_of_its_conclusion() {
    Verdict<Integer> first = Verdict.proceed(2);

    Verdicts.waits(first.then(n -> Verdict.notYet(n + " more")), "2 more");
    Verdicts.never(
        first.then(n -> Verdict.never(FailureCode.BUG, n + " too many")),
        FailureCode.BUG,
        "2 too many");
  }

  @Test
  void one_that_does_not_go_on_is_the_answer_and_nothing_is_asked_after_it() {
    Verdict<Integer> waiting = Verdict.notYet("a standby");
    Verdict<Integer> refused = Verdict.never(FailureCode.NO_PRIMARY, "nobody writes");

    Verdicts.waits(waiting.then(VerdictTest::neverAsked), "a standby");
    Verdicts.never(refused.then(VerdictTest::neverAsked), FailureCode.NO_PRIMARY, "nobody writes");
  }

  private static Verdict<String> neverAsked(int conclusion) {
    throw new AssertionError("asked about " + conclusion);
  }
}
