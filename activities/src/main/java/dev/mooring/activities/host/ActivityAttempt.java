package dev.mooring.activities.host;

import io.temporal.activity.Activity;

/** The attempt of the activity on whose thread it is asked: when the server scheduled it. */
public final class ActivityAttempt implements Attempt {

  @Override
  public long number() {
    return Activity.getExecutionContext().getInfo().getCurrentAttemptScheduledTimestamp();
  }

  @Override
  public void report(Object details) {
    Activity.getExecutionContext().heartbeat(details);
  }
}
