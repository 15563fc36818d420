package dev.mooring.starter;

import dev.mooring.runbook.status.StatusResult;
import dev.mooring.starter.temporal.LookRuns;
import dev.mooring.starter.temporal.RunOrder;
import dev.mooring.starter.temporal.TemporalServer;
import java.time.Duration;

/** The answer of the run ClusterStatus to the commands that show it. */
final class StatusAnswer {
  private static final Duration CONNECTED_WITHIN = Duration.ofSeconds(3);
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(12);

  private StatusAnswer() {}

  /** Runs it, and waits for its answer. */
  static StatusResult to(MooringCommand mooring, RunOrder order) {
    try (TemporalServer server =
        TemporalServer.connect(mooring.temporal().within(CONNECTED_WITHIN))) {
      return new LookRuns(server).answer(order, StatusResult.class, ANSWERED_WITHIN);
    }
  }
}
