package dev.mooring.activities.jdbc;

import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;

/** How a failure of a whole call leaves the adapter: its type is the code. */
final class DatabaseFailures {
  private DatabaseFailures() {}

  static ApplicationFailure failure(FailureCode code, String message) {
    return switch (code.owner()) {
      case RETRY, WAIT -> ApplicationFailure.newFailure(message, code.name());
      case OPERATOR, BUG -> ApplicationFailure.newNonRetryableFailure(message, code.name());
    };
  }
}
