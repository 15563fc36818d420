package dev.mooring.activities.host;

import java.util.List;

/**
 * A pause of PgBouncer as any script on its host checks it: the script is given the marker alone.
 * It takes the connection to the console from the pause's holder, so it is given no password.
 */
public final class PoolerPause {
  private static final String SCRIPT = "pause.sh";

  private PoolerPause() {}

  /** Adds the functions for pauses to a script. */
  public static Script in(Script script) {
    return script.with(PoolerPause.class, SCRIPT);
  }

  /**
   * Makes such a script refuse with {@link dev.mooring.port.FailureCode#PAUSE_OVER} under a
   * subject, unless that pause is in force: its holder lives and ends it in so many seconds at the
   * earliest, and PgBouncer still reports that it is paused.
   */
  public static void require(Script script, String subject, String marker, int seconds) {
    script.each(subject, "require_pause", List.of(marker, String.valueOf(seconds)));
  }
}
