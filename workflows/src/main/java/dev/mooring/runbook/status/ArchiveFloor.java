package dev.mooring.runbook.status;

import dev.mooring.topology.ContentId;

/**
 * The archive floor of one content: the oldest WAL file that a copy of it still needs. Files of
 * that content with a lower number, on any timeline, are needed by none.
 *
 * @param oldest the file, named on the timeline of the copy that needs it; empty where {@code
 *     unknown} says why
 * @param neededBy the copy that needs it
 * @param unknown why it is not known, which is so when one copy shows no start of its replay
 */
public record ArchiveFloor(ContentId content, String oldest, String neededBy, String unknown) {

  /** Whether every copy of the content was seen. */
  public boolean isKnown() {
    return unknown.isEmpty();
  }
}
