package dev.mooring.evidence;

import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ContentId;
import java.util.List;

/**
 * The three fields of a reference tool's manifest that its own consumer reads. It is unsigned and
 * says neither system identifier nor timeline.
 *
 * @param restorePoint the point's name
 * @param ready whether all WAL was seen in the archive
 * @param segments where each content stands
 */
public record ForeignManifest(
    RestorePointName restorePoint, boolean ready, List<Segment> segments) {
  public ForeignManifest {
    segments = List.copyOf(segments);
  }

  /** Where one content stands. */
  public record Segment(ContentId content, Lsn lsn) {}
}
