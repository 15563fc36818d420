package dev.mooring.runbook;

import java.time.Duration;
import java.util.Optional;

/**
 * How a step that holds may end, besides a person's retry or give-up.
 *
 * @param looksAgain whether the act is also retried automatically, less and less often
 * @param lost an instance whose loss a person may attest, which allows the roll-back; empty for
 *     none
 * @param atMost how long it is retried until the run is given up; empty for no limit
 */
public record Hold(boolean looksAgain, String lost, Optional<Duration> atMost) {
  static final Hold UNTIL_DECIDED = new Hold(false, "");

  /** A hold that only a person ends, or the act itself. */
  public Hold(boolean looksAgain, String lost) {
    this(looksAgain, lost, Optional.empty());
  }

  /** The same if the host answered: the loss of a host that answers can't be attested. */
  Hold nobodyLost() {
    return new Hold(looksAgain, "", atMost);
  }

  /** That wait, cut where the hold is over. */
  Duration within(Duration wait, Duration lasted) {
    return atMost
        .map(most -> DurationText.shorter(wait, most.minus(lasted)))
        .map(left -> left.isNegative() ? Duration.ZERO : left)
        .orElse(wait);
  }

  /** Whether it has lasted as long as it may. */
  boolean isOver(Duration lasted) {
    return atMost.filter(most -> lasted.compareTo(most) >= 0).isPresent();
  }
}
