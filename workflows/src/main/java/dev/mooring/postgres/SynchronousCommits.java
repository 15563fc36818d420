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

  private static final List<String> COUNTED = List.of("sync", "quorum");

  /** Values of synchronous_commit. */
  private static final List<String> WAIT_FOR_NONE = List.of("off", "local");

  private static final Pattern COUNT =
      Pattern.compile("\\s*(?:(?:ANY|FIRST)\\s+)?(\\d{1,4})\\s*\\(.*", Pattern.CASE_INSENSITIVE);

  public SynchronousCommits {
    connected = List.copyOf(connected);
  }

  /** How many standbys must have a commit; of a list without a number one. */
  public static long needed(String names) {
    Matcher counted = COUNT.matcher(names);
    return names.isBlank() ? 0 : counted.matches() ? Long.parseLong(counted.group(1)) : 1;
  }

  /** Whether commits with that synchronous_commit wait for no standby, whatever the names are. */
  public static boolean waitForNone(String commit) {
    return WAIT_FOR_NONE.contains(commit);
  }

  /** Whether a standby of that sync_state is one of those that must have a commit. */
  public static boolean counts(String state) {
    return COUNTED.contains(state);
  }

  /**
   * Whether no commit returns: fewer standbys count as synchronous than must have it.
   *
   * @param commit synchronous_commit, as far as it is read: roles and databases may have another
   * @param counted walsenders that {@link #counts}, as the primary itself reports them
   */
  public static boolean hang(String names, String commit, long counted) {
    return !waitForNone(commit) && counted < needed(names);
  }

  /** Whether they hang. */
  @JsonIgnore
  public boolean hang() {
    return hang(names, "", counted);
  }

  /** What is wrong with them, one sentence about the primary; nothing if commits return. */
  public Optional<String> trouble() {
    if (!hang() && longestSeconds < HANGS_FROM_SECONDS) {
      return Optional.empty();
    }
    return Optional.of(
        (hang()
                ? "has " + counted + " of the " + needed(names) + " synchronous standbys"
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
