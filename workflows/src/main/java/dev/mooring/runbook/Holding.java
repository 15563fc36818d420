package dev.mooring.runbook;

import java.util.function.Supplier;

/**
 * What holds a run at a step that can't go on.
 *
 * @param <S> the steps
 */
public interface Holding<S extends Step> {

  /**
   * Does an act until it is done: when it fails the run holds, its locks kept, until a person says
   * retry or give-up.
   *
   * @param step the step it belongs to
   * @param stands what is true meanwhile and what can't be undone, for whoever is called
   */
  <T> T untilDone(S step, Supplier<String> stands, Supplier<T> act);

  /**
   * The same, for a hold that ends in other ways too.
   *
   * @param hold asked anew each time the act failed
   * @return what the act did; {@link RunbookStop} with {@link Outcome#ROLLED_BACK} where a person
   *     attested a loss
   */
  <T> T untilDone(S step, Supplier<String> stands, Supplier<Hold> hold, Supplier<T> act);

  /**
   * How a hold may end beside a person's retry or give-up.
   *
   * @param looksAgain whether the act is also tried again by itself, ever more seldom
   * @param lost an instance whose loss a person may attest, which opens the way back; empty for
   *     none
   */
  record Hold(boolean looksAgain, String lost) {
    static final Hold UNTIL_DECIDED = new Hold(false, "");

    /** The same where the host answered: nobody may attest the loss of what is seen to be there. */
    Hold nobodyLost() {
      return new Hold(looksAgain, "");
    }
  }
}
