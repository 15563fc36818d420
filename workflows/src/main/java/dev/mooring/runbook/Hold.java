package dev.mooring.runbook;

/**
 * How a step that holds may end, besides a person's retry or give-up.
 *
 * @param looksAgain whether the act is also retried automatically, less and less often
 * @param lost an instance whose loss a person may attest, which allows the roll-back; empty for
 *     none
 */
public record Hold(boolean looksAgain, String lost) {
  static final Hold UNTIL_DECIDED = new Hold(false, "");

  /** The same if the host answered: the loss of a host that answers can't be attested. */
  Hold nobodyLost() {
    return new Hold(looksAgain, "");
  }
}
