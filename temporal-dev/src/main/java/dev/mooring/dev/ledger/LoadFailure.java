package dev.mooring.dev.ledger;

/** The load or its check could not be carried out; that a check found fault is no such failure. */
public final class LoadFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LoadFailure(String message) {
    super(message);
  }

  LoadFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
