package dev.mooring.activities.role;

import java.time.Duration;

/**
 * What a look at the pauses of a move goes by, of what is left of its outage budget: an eighth of
 * that for each answer, 2 s at least and 15 s at most. A larger budget bears a slower network.
 *
 * @param standing for how many seconds more a pause must stand when it is seen
 * @param word within how many seconds the target's host must hear that all were seen to stand
 */
record PauseLimits(int standing, int word) {
  private static final int AT_LEAST = 2;

  /** A script that waits for a word has the host's lock, for which others wait 20 s. */
  private static final int WORD_AT_MOST = 15;

  /** What is taken from a look, so that it is not answered when its word is too late. */
  private static final Duration ON_THE_WAY = Duration.ofMillis(500);

  /**
   * A word is heard no later than half its time after the look that it goes by began, and its own
   * time: together less than the pause was seen to stand for. If less than 16 s are left, a
   * promotion may begin up to two seconds after clients were let go: they see errors then, and no
   * instance writes beside it, for the old primary is fenced.
   *
   * @param left of the outage budget, which a pause ends with
   */
  static PauseLimits within(Duration left) {
    int standing = (int) Math.max(AT_LEAST, Math.min(2 * WORD_AT_MOST, left.toSeconds() / 4));
    return new PauseLimits(standing, Math.max(AT_LEAST, standing / 2));
  }

  /** What one reading may take: a later answer proves nothing. */
  Duration look() {
    return Duration.ofSeconds(word).minus(ON_THE_WAY);
  }

  /** How old a look may be that a word goes by. */
  Duration fresh() {
    return Duration.ofSeconds(word).dividedBy(2);
  }
}
