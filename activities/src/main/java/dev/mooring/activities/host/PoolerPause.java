package dev.mooring.activities.host;

import java.util.List;

/**
 * A pause of PgBouncer as any script on its host sees it: by its marker alone. The way to the
 * console is its holder's own, so that no other script needs the password.
 */
public final class PoolerPause {
  private static final String SCRIPT = "pause.sh";

  private PoolerPause() {}

  /** Lets a script know pauses. */
  public static Script in(Script script) {
    return script.with(PoolerPause.class, SCRIPT);
  }

  /**
   * Lets a script that knows pauses refuse with {@link dev.mooring.port.FailureCode#PAUSE_OVER}
   * under a subject, unless that pause stands: its holder lives and ends it in so many seconds at
   * the earliest, and PgBouncer still says that it is paused.
   */
  public static void require(Script script, String subject, String marker, int seconds) {
    script.each(subject, "require_pause", List.of(marker, String.valueOf(seconds)));
  }
}
