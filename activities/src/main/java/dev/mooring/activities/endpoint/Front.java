package dev.mooring.activities.endpoint;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One endpoint of one call. What it can't do it has nothing to do with: only PgBouncer is prepared
 * and paused.
 */
interface Front {

  EndpointSeen observe();

  default void prepare(Server primary) {}

  default void revertPrepared() {}

  /** The marker of the pause that stands; nothing of what can't pause. */
  default Optional<String> pause(Duration within, Duration budget) {
    return Optional.empty();
  }

  default void resume() {}

  /** Says, one sentence each, what could not be looked at and may be otherwise. */
  List<String> route(Server primary);
}
