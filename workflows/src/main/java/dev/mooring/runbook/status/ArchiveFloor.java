package dev.mooring.runbook.status;

import dev.mooring.topology.ContentId;

/**
 * The archive floor of one content: the oldest WAL file that a copy of it still needs. No copy
 * needs files of that content with a lower number, on any timeline.
 *
 * @param oldest the file, named on the timeline of the copy that needs it; empty if it is unknown
 * @param neededBy the copy that needs it
 * @param unknown why it is unknown: a copy does not show where its replay begins; otherwise empty
 */
public record ArchiveFloor(ContentId content, String oldest, String neededBy, String unknown) {

  /** Whether every copy of the content was read. */
  public boolean isKnown() {
    return unknown.isEmpty();
  }
}
