package dev.mooring.activities.jdbc;

import dev.mooring.port.FailureCode;

/** One server did not do what was asked; the code says which kind of failure it is. */
final class DatabaseFault extends Exception {
  private static final long serialVersionUID = 1L;

  private final FailureCode code;

  DatabaseFault(FailureCode code, String message) {
    super(message);
    this.code = code;
  }

  DatabaseFault(FailureCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  FailureCode code() {
    return code;
  }

  /** Never null: it is given at construction. */
  String sentence() {
    return String.valueOf(getMessage());
  }
}
