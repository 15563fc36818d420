package dev.mooring.activities.jdbc;

import dev.mooring.activities.jdbc.FanOut.Answer;
import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import io.temporal.failure.ApplicationFailure;
import java.util.List;

/** How failures leave the adapter: the failure of a whole call has the code as its type. */
final class DatabaseFailures {
  private DatabaseFailures() {}

  /** The failed servers, each with the reason. */
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
