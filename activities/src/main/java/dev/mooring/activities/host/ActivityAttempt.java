package dev.mooring.activities.host;

import io.temporal.activity.Activity;
import java.time.Duration;
import java.util.List;

/** The attempt of the activity on the calling thread, numbered by when the server scheduled it. */
public final class ActivityAttempt implements Attempt {

  @Override
  public long number() {
    return Activity.getExecutionContext().getInfo().getCurrentAttemptScheduledTimestamp();
  }

  /** How long the attempt may take: after that Temporal discards it, and its answer is unused. */
  public static Duration mayTake() {
    return Activity.getExecutionContext().getInfo().getStartToCloseTimeout();
  }

  @Override
  public void report(Object details) {
    Activity.getExecutionContext().heartbeat(details);
  }

  @Override
  public List<String> reportedBefore() {
    // not getHeartbeatDetails(): that is the worker's own beat, once one was sent
    List<String> before =
        Activity.getExecutionContext()
            .getLastHeartbeatDetails(String[].class)
            .map(List::of)
            .orElse(List.of());
    if (!before.isEmpty()) {
      report(before);
    }
    return before;
  }
}
