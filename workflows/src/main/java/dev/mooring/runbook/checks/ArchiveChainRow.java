package dev.mooring.runbook.checks;

import dev.mooring.port.ArchiveActivities.RecentArchived;
import java.util.stream.Collectors;

/** Whether the last WAL files that a primary archived have arrived in its archive. */
public final class ArchiveChainRow {
  /** The id of the row, and of the rule that overrides it in a plan. */
  public static final String ID = PreflightRule.ARCHIVE_CHAIN.text();

  /** What the archive should hold. */
  public static final String LIMIT =
      "the files it archived last, each present, of full size and its own";

  /** What a person does about a gap. */
  public static final String REMEDY =
      "find out what became of them: nothing recovers or rejoins from the archive over a gap;"
          + " take a base backup, or bring the files back from another copy";

  private static final int NAMED = 5;

  private ArchiveChainRow() {}

  /** The files that were looked for, or those that are missing. */
  public static String inWords(RecentArchived seen) {
    return seen.missing().isEmpty() ? there(seen) : missing(seen);
  }

  private static String there(RecentArchived seen) {
    return seen.files() == 0
        ? "none on its timeline yet"
        : String.format(
            "the last %d files that it archived are there; older ones were not checked",
            seen.files());
  }

  private static String missing(RecentArchived seen) {
    return seen.missing().stream()
            .limit(NAMED)
            .map(one -> one.file() + " " + one.reason())
            .collect(Collectors.joining(", "))
        + (seen.missing().size() > NAMED
            ? ", and " + (seen.missing().size() - NAMED) + " more"
            : "");
  }
}
