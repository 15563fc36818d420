package dev.mooring.activities.instance;

import dev.mooring.postgres.Lsn;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The WAL a base backup needs, from the end of its backup_manifest.
 *
 * @param start the first position, on any timeline
 * @param end the position replay must reach
 */
record WalRanges(Lsn start, Lsn end) {
  private static final Pattern RANGE =
      Pattern.compile(
          "\"Timeline\":\\s*\\d+,\\s*\"Start-LSN\":\\s*\"([^\"]+)\",\\s*\"End-LSN\":\\s*\"([^\"]+)\"");

  static WalRanges parse(String text) {
    List<MatchResult> ranges = RANGE.matcher(text).results().toList();
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("backup_manifest has no WAL-Ranges");
    }
    return new WalRanges(
        ranges.stream()
            .map(r -> Lsn.parse(r.group(1)))
            .min(Comparator.naturalOrder())
            .orElseThrow(),
        ranges.stream()
            .map(r -> Lsn.parse(r.group(2)))
            .max(Comparator.naturalOrder())
            .orElseThrow());
  }
}
