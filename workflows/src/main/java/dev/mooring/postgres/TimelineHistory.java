package dev.mooring.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a timeline comes from: its ancestors, oldest first, and where each was left. PostgreSQL
 * keeps it in a history file beside the WAL.
 *
 * @param of the timeline whose history this is
 * @param entries its ancestors; none for the first timeline
 */
public record TimelineHistory(TimelineId of, List<Entry> entries) {
  private static final Pattern LINE = Pattern.compile("\\s*(\\S+)\\s+(\\S+)(?:\\s+(.*?))?\\s*");

  /**
   * One line of a history file.
   *
   * @param parent the ancestor
   * @param switchPoint where the ancestor's WAL stops to count: the first byte written on the next
   *     timeline
   * @param reason what PostgreSQL noted about the switch
   */
  public record Entry(TimelineId parent, Lsn switchPoint, String reason) {}

  public TimelineHistory {
    entries = List.copyOf(entries);
    for (int i = 0; i < entries.size(); i++) {
      Optional<String> fault = fault(of, entries, i);
      if (fault.isPresent()) {
        throw new IllegalArgumentException(fileName(of) + ": " + fault.get());
      }
    }
  }

  /** The history of timeline 1, which has no file. */
  public static TimelineHistory first() {
    return new TimelineHistory(TimelineId.FIRST, List.of());
  }

  /** The name of a timeline's history file: {@code 00000002.history}. */
  public static String fileName(TimelineId timeline) {
    return timeline.hex() + ".history";
  }

  /** Reads the text of a timeline's history file. An error names the line. */
  public static TimelineHistory parse(TimelineId of, String text) {
    List<Entry> entries = new ArrayList<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.strip().startsWith("#")) {
        continue;
      }
      try {
        entries.add(entry(line));
        fault(of, entries, entries.size() - 1)
            .ifPresent(
                fault -> {
                  throw new IllegalArgumentException(fault);
                });
      } catch (IllegalArgumentException unreadable) {
        throw new IllegalArgumentException(
            fileName(of) + " line " + (i + 1) + ": " + unreadable.getMessage(), unreadable);
      }
    }
    return new TimelineHistory(of, entries);
  }

  private static Entry entry(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be a timeline, its switch point and a reason, got '" + line + "'");
    }
    String reason = matcher.group(3) == null ? "" : matcher.group(3);
    return new Entry(TimelineId.ofDecimal(matcher.group(1)), Lsn.parse(matcher.group(2)), reason);
  }

  private static Optional<String> fault(TimelineId of, List<Entry> entries, int index) {
    Entry entry = entries.get(index);
    if (entry.parent().compareTo(of) >= 0) {
      return Optional.of("timeline " + entry.parent() + " cannot be an ancestor of timeline " + of);
    }
    if (index == 0) {
      return Optional.empty();
    }
    Entry before = entries.get(index - 1);
    if (entry.parent().compareTo(before.parent()) <= 0) {
      return Optional.of(
          "timeline " + entry.parent() + " must be greater than " + before.parent() + " before it");
    }
    if (entry.switchPoint().isBefore(before.switchPoint())) {
      return Optional.of(
          "switch point "
              + entry.switchPoint()
              + " must not lie before "
              + before.switchPoint()
              + " of the line before it");
    }
    return Optional.empty();
  }

  /** True when that timeline is an ancestor of this one; a timeline is not its own ancestor. */
  public boolean isAncestor(TimelineId timeline) {
    return entries.stream().anyMatch(entry -> entry.parent().equals(timeline));
  }

  /** Where an ancestor was left. */
  public Lsn switchPointOf(TimelineId ancestor) {
    return entries.stream()
        .filter(entry -> entry.parent().equals(ancestor))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "timeline " + ancestor + " is no ancestor of timeline " + of))
        .switchPoint();
  }

  /** The timeline on which the byte at a position was written, on the way to this one. */
  public TimelineId timelineAt(Lsn lsn) {
    return entries.stream()
        .filter(entry -> lsn.isBefore(entry.switchPoint()))
        .findFirst()
        .map(Entry::parent)
        .orElse(of);
  }
}
