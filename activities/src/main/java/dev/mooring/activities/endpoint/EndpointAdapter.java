package dev.mooring.activities.endpoint;

import dev.mooring.port.DatabaseActivities.Server;
import dev.mooring.port.EndpointActivities.EndpointSeen;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One endpoint of one call. An act that its kind does not have changes nothing: only PgBouncer is
 * prepared and paused, and only PgBouncer and HAProxy have sessions that can be cut.
 */
interface EndpointAdapter {

  EndpointSeen observe();

  default void prepare(Server primary) {}

  default void revertPrepared() {}

  /** The marker of the pause; empty for a kind that can't pause. */
  default Optional<String> pause(Duration within, Duration budget) {
    return Optional.empty();
  }

  default void resume() {}

  /**
   * Ends the sessions with the old primary and returns how many there were. Empty for a kind that
   * has none, and if the endpoint was not seen to point there.
   *
   * @param heldAtMost after which the endpoint resumes its clients automatically
   */
  default Optional<Long> cutOff(Server old, Duration heldAtMost) {
    return Optional.empty();
  }

  default void revertCutOff() {}

  /** Returns a sentence for each thing that could not be read and may be otherwise. */
  List<String> route(Server primary);

  /** The same if nothing was prepared. */
  default List<String> point(Server primary) {
    return route(primary);
  }
}
