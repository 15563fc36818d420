package dev.mooring.dev.lab;

/** A lab command failed; the message says what was found and what to do. */
public final class LabFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LabFailure(String message) {
    super(message);
  }

  LabFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
