package dev.mooring.activities.jdbc;

import dev.mooring.port.FailureCode;

/** The failure of one server; the code is the kind of failure. */
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

  /** Never null: the constructor sets it. */
  String sentence() {
    return String.valueOf(getMessage());
  }
}
