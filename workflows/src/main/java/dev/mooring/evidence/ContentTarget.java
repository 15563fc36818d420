package dev.mooring.evidence;

import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ContentId;
import java.util.List;

/**
 * Where one content stands at a restore point. The position means nothing on any other content.
 *
 * @param content which part of the data
 * @param systemIdentifier of the instance that made the point; every copy of it has the same
 * @param timeline the timeline the point was made on
 * @param lsn the end of the restore point's record, as pg_create_restore_point returned it
 * @param walFile the file that holds the byte before {@code lsn}, named by the owning instance
 * @param walSegmentSize the size of each of its WAL files
 */
public record ContentTarget(
    ContentId content,
    SystemIdentifier systemIdentifier,
    TimelineId timeline,
    Lsn lsn,
    WalFileName walFile,
    WalSegmentSize walSegmentSize) {
  /** More than a restore point's record and the page header it may run over take together. */
  private static final long RECORD_AT_MOST = 256;

  /**
   * The files that may hold the point's record, in order: one, or two where the point lies right
   * behind a file's beginning.
   */
  public List<WalFileName> recordFiles() {
    WalFileName first =
        WalFileName.containing(timeline, new Lsn(lsn.value() - RECORD_AT_MOST), walSegmentSize);
    WalFileName last = WalFileName.containingByteBefore(timeline, lsn, walSegmentSize);
    return first.equals(last) ? List.of(last) : List.of(first, last);
  }
}
