package dev.mooring.activities.archive;

import dev.mooring.evidence.ContentTarget;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.TimelineHistory;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Which WAL files are between a position and a target. If a timeline was left inside a file, the
 * new timeline's file of that number is the one needed: it begins as a copy of the old one, which
 * may go on differently.
 */
final class NeededWal {
  private NeededWal() {}

  static List<WalFileName> to(ContentTarget target, long firstNumber, TimelineHistory history) {
    WalSegmentSize size = target.walSegmentSize();
    return LongStream.rangeClosed(firstNumber, target.walFile().segmentNumber(size))
        .mapToObj(number -> file(target, number, history))
        .toList();
  }

  private static WalFileName file(ContentTarget target, long number, TimelineHistory history) {
    WalSegmentSize size = target.walSegmentSize();
    Lsn lastByte = new Lsn((number + 1) * size.bytes() - 1);
    Lsn lastNeeded = lastByte.isAfter(target.lsn()) ? new Lsn(target.lsn().value() - 1) : lastByte;
    return WalFileName.of(history.timelineAt(lastNeeded), number, size);
  }
}
