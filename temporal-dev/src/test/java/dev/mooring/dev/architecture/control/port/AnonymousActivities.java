package dev.mooring.dev.architecture.control.port;

import io.temporal.activity.ActivityInterface;

/** Nobody knows who calls it, nor whether it changes anything. */
@ActivityInterface
interface AnonymousActivities {
  void ensureStopped(StopIt request);

  void stopNow(StopIt request);

  /** What to stop. */
  record StopIt(String instance) {}
}
