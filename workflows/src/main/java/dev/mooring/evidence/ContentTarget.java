package dev.mooring.evidence;

import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ContentId;
import java.util.List;

/**
 * The position of one content at a restore point. It means nothing on any other content.
 *
 * @param content the content
 * @param systemIdentifier of the instance that created the point; every copy has the same
 * @param timeline the timeline the point was created on
 * @param lsn the end of the restore point's record, as pg_create_restore_point returned it
 * @param walFile the file with the byte before {@code lsn}, named by the owning instance
 * @param walSegmentSize the size of its WAL files
 */
public record ContentTarget(
    ContentId content,
    SystemIdentifier systemIdentifier,
    TimelineId timeline,
    Lsn lsn,
    WalFileName walFile,
    WalSegmentSize walSegmentSize) {
  /**
   * A restore point's record (98 bytes, aligned to 104) after the 40 bytes that begin a file: a
   * record that ends this far into a file, or further, began in it.
   */
  private static final long BEGAN_IN_THE_FILE = 144;

  /**
   * The files that hold the point's record, in order: one, or two if the record runs over from one
   * into the next.
   */
  public List<WalFileName> recordFiles() {
    WalFileName first =
        WalFileName.containing(timeline, new Lsn(lsn.value() - BEGAN_IN_THE_FILE), walSegmentSize);
    WalFileName last = WalFileName.containingByteBefore(timeline, lsn, walSegmentSize);
    return first.equals(last) ? List.of(last) : List.of(first, last);
  }

  /** The same content at the end of a file, as if that were a point: the whole file is read. */
  public ContentTarget endingWith(WalFileName file) {
    return new ContentTarget(
        content,
        systemIdentifier,
        file.timeline(),
        file.next(walSegmentSize).startLsn(walSegmentSize),
        file,
        walSegmentSize);
  }
}
