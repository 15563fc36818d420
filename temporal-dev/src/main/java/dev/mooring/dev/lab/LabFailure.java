package dev.mooring.dev.lab;

/** The lab could not do what it was told; the message says what was found and what to do. */
public final class LabFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LabFailure(String message) {
    super(message);
  }

  LabFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
