package dev.mooring.evidence;

import java.time.Duration;
import java.time.Instant;

/**
 * An archiver that reports neither success nor failure while WAL waits for it: its command hangs,
 * for example on a stalled disk. A WAL file is due once in archive_timeout, if that is set, and
 * once in each publish interval, whichever is shorter. It is late after twice that time, the alarm
 * rule that GitLab described in 2026.
 */
public final class SilentArchiver {
  private static final int LATE = 2;

  private SilentArchiver() {}

  /**
   * The time in which a WAL file is due.
   *
   * @param archiveTimeout of the server; zero if it is not set
   * @param every the interval of publishing
   */
  public static Duration due(Duration archiveTimeout, Duration every) {
    return archiveTimeout.isZero() || archiveTimeout.compareTo(every) > 0 ? every : archiveTimeout;
  }

  /**
   * Whether the archiver is one.
   *
   * @param since when it archived a file for the last time, or since when the oldest one waits
   * @param waiting the number of files that wait for it
   * @param due as {@link #due}
   */
  public static boolean is(Instant since, long waiting, Duration due, Instant now) {
    return waiting > 0 && Duration.between(since, now).compareTo(due.multipliedBy(LATE)) > 0;
  }
}
