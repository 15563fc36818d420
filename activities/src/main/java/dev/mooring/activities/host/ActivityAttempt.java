package dev.mooring.activities.host;

import io.temporal.activity.Activity;
import java.time.Duration;

/** The attempt of the activity on whose thread it is asked: when the server scheduled it. */
public final class ActivityAttempt implements Attempt {

  @Override
  public long number() {
    return Activity.getExecutionContext().getInfo().getCurrentAttemptScheduledTimestamp();
  }

  /** How long it may take: after that it is given up, and its answer is of no use. */
  public static Duration mayTake() {
    return Activity.getExecutionContext().getInfo().getStartToCloseTimeout();
  }

  @Override
  public void report(Object details) {
    Activity.getExecutionContext().heartbeat(details);
  }
}
