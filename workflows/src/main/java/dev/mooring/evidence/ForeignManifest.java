package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.mooring.postgres.Lsn;
import dev.mooring.topology.ContentId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The three fields of a reference tool's manifest that its own consumer reads, and its WAL files.
 * It is unsigned and has neither system identifier nor timeline.
 *
 * @param restorePoint the point's name
 * @param ready whether all WAL was found in the archive
 * @param segments the position of each content, by content id
 */
public record ForeignManifest(
    RestorePointName restorePoint, boolean ready, List<Segment> segments) {
  public ForeignManifest {
    segments = segments.stream().sorted(Comparator.comparing(Segment::content)).toList();
    if (segments.isEmpty()) {
      throw new IllegalArgumentException("manifest " + restorePoint + " names no content at all");
    }
    if (segments.stream().map(Segment::content).distinct().count() != segments.size()) {
      throw new IllegalArgumentException(
          "manifest " + restorePoint + " names a content twice: " + contentsOf(segments));
    }
  }

  private static List<ContentId> contentsOf(List<Segment> segments) {
    return segments.stream().map(Segment::content).toList();
  }

  /** Its content ids, sorted. */
  @JsonIgnore
  public List<ContentId> contentIds() {
    return contentsOf(segments);
  }

  public Optional<Segment> segmentOf(ContentId content) {
    return segments.stream().filter(s -> s.content().equals(content)).findFirst();
  }

  /**
   * The position of one content.
   *
   * @param lsn what its restore point's function returned
   * @param walFile the name of the WAL file of that position, or empty if the manifest has none
   */
  public record Segment(ContentId content, Lsn lsn, String walFile) {}
}
