package dev.mooring.activities.endpoint;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One endpoint of one call. What it can't do it has nothing to do with: only PgBouncer is prepared
 * and paused, and only it and HAProxy keep sessions that can be cut.
 */
interface EndpointAdapter {

  EndpointSeen observe();

  default void prepare(Server primary) {}

  default void revertPrepared() {}

  /** The marker of the pause that stands; nothing of what can't pause. */
  default Optional<String> pause(Duration within, Duration budget) {
    return Optional.empty();
  }

  default void resume() {}

  /**
   * How many sessions with the old primary there were; none is left. Nothing of what keeps none,
   * and of what was not seen to lead there.
   *
   * @param heldAtMost after which clients are let go by themselves
   */
  default Optional<Long> cutOff(Server old, Duration heldAtMost) {
    return Optional.empty();
  }

  default void revertCutOff() {}

  /** Says, one sentence each, what could not be looked at and may be otherwise. */
  List<String> route(Server primary);

  /** The same where nothing was prepared. */
  default List<String> lead(Server primary) {
    return route(primary);
  }
}
