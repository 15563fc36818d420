package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a primary's commits wait for its standbys, as it reports itself. While the link to a standby
 * is cut the primary goes on calling it synchronous until wal_sender_timeout is over, so that only
 * the waiting sessions show it.
 *
 * @param names synchronous_standby_names
 * @param connected the standbys that are connected, each with its sync_state
 * @param counted how many of them are synchronous now
 * @param waiting how many sessions wait for a standby to confirm a commit
 * @param longestSeconds for how long the first of them has waited
 */
public record SynchronousCommits(
    String names, List<String> connected, long counted, long waiting, long longestSeconds) {
  public static final String REMEDY =
      "fix the link to the standby; to let commits return without it, take it out of"
          + " synchronous_standby_names, and what is committed then is on the primary alone";

  /** Synchronous replication waits milliseconds; a wait of this length hangs. */
  private static final long HANGS_FROM_SECONDS = 5;

  private static final Pattern COUNT =
      Pattern.compile("\\s*(?:(?:ANY|FIRST)\\s+)?(\\d{1,4})\\s*\\(.*", Pattern.CASE_INSENSITIVE);

  public SynchronousCommits {
    connected = List.copyOf(connected);
  }

  /** How many standbys must have a commit: with a list without a number the first present one. */
  @JsonIgnore
  public long needed() {
    Matcher counted = COUNT.matcher(names);
    return counted.matches() ? Long.parseLong(counted.group(1)) : 1;
  }

  /** What is wrong with them, one sentence about the primary; nothing if commits return. */
  public Optional<String> trouble() {
    if (counted >= needed() && longestSeconds < HANGS_FROM_SECONDS) {
      return Optional.empty();
    }
    return Optional.of(
        (counted < needed()
                ? "has " + counted + " of the " + needed() + " synchronous standbys"
                : "gets no reply from its synchronous standbys")
            + " that its commits wait for: "
            + (waiting == 0
                ? "no session waits yet"
                : waiting + " wait, the first for " + longestSeconds + " s")
            + "; synchronous_standby_names is '"
            + names
            + "', connected: "
            + (connected.isEmpty() ? "none" : String.join(", ", connected)));
  }
}
