package dev.mooring.activities.role;

import java.time.Duration;

/**
 * The limits of an observation of the pauses of a move, from what is left of its outage budget: an
 * eighth of that for each answer, 2 s at least and 15 s at most. A larger budget tolerates a slower
 * network.
 *
 * @param standing how many seconds a pause must still last when it is seen
 * @param word within how many seconds the target's host must get the word that all were seen
 */
record PauseLimits(int standing, int word) {
  private static final int AT_LEAST = 2;

  /** A script that waits for a word has the host's lock, for which others wait 20 s. */
  private static final int WORD_AT_MOST = 15;

  /** Taken off an observation's time, so that it is not answered when its word comes too late. */
  private static final Duration ON_THE_WAY = Duration.ofMillis(500);

  /**
   * A word arrives no later than half its time after the beginning of its look, and its own time:
   * together less than the pause was seen to last. If less than 16 s are left, a promotion may
   * begin up to two seconds after clients were released: they get errors then, and no other
   * instance writes, for the old primary is fenced.
   *
   * @param left of the outage budget, with which a pause ends
   */
  static PauseLimits within(Duration left) {
    int standing = (int) Math.max(AT_LEAST, Math.min(2 * WORD_AT_MOST, left.toSeconds() / 4));
    return new PauseLimits(standing, Math.max(AT_LEAST, standing / 2));
  }

  /** How long one reading may take: a later answer proves nothing. */
  Duration look() {
    return Duration.ofSeconds(word).minus(ON_THE_WAY);
  }

  /** How old an observation may be when a word is based on it. */
  Duration fresh() {
    return Duration.ofSeconds(word).dividedBy(2);
  }
}
