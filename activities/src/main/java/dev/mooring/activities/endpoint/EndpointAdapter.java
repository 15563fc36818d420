package dev.mooring.activities.endpoint;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One endpoint of one call. An act that it can't do leaves it as it is: only PgBouncer is prepared
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
   * and of each that was not seen to point there.
   *
   * @param heldAtMost after which clients are let go by themselves
   */
  default Optional<Long> cutOff(Server old, Duration heldAtMost) {
    return Optional.empty();
  }

  default void revertCutOff() {}

  /** Says, one sentence each, what could not be read and may be otherwise. */
  List<String> route(Server primary);

  /** The same if nothing was prepared. */
  default List<String> point(Server primary) {
    return route(primary);
  }
}
