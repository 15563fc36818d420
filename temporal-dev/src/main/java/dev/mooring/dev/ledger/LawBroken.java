package dev.mooring.dev.ledger;

/**
 * A law, the ledger or the sums did not hold. {@code verify} knows it by its name, and never runs a
 * test again that failed so.
 */
public final class LawBroken extends AssertionError {
  private static final long serialVersionUID = 1L;

  public LawBroken(String what) {
    super(what);
  }

  /** Fails with that sentence unless it holds. */
  public static void unless(boolean holds, String what) {
    if (!holds) {
      throw new LawBroken(what);
    }
  }
}
