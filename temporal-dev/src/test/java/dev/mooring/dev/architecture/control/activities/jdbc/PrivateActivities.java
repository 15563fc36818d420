package dev.mooring.dev.architecture.control.activities.jdbc;

import io.temporal.activity.ActivityInterface;

/** A port of an adapter's own. */
@ActivityInterface
interface PrivateActivities {
  void ensureNothing();
}
