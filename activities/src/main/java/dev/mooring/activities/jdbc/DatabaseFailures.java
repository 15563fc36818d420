package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import io.temporal.failure.ApplicationFailure;
import java.util.List;

/** How failures leave the adapter: of a whole call as one whose type is the code. */
final class DatabaseFailures {
  private DatabaseFailures() {}

  /** The servers that did not do what was asked, each with why. */
  static <T> List<InstanceFailure> ofServers(List<Answer<Server, T>> answers) {
    return FanOut.failures(answers).stream()
        .map(
            failed ->
                new InstanceFailure(
                    failed.item().instance().id(),
                    failed.fault().code(),
                    failed.fault().sentence()))
        .toList();
  }

  static ApplicationFailure failure(FailureCode code, String message) {
    return switch (code.owner()) {
      case RETRY, WAIT -> ApplicationFailure.newFailure(message, code.name());
      case OPERATOR, BUG -> ApplicationFailure.newNonRetryableFailure(message, code.name());
    };
  }
}
