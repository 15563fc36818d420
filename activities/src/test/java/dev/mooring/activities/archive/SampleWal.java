package dev.mooring.activities.archive;

import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.ContentTarget;
import dev.mooring.port.ArchiveActivities.LatestCheckpoint;
import dev.mooring.port.ArchiveActivities.ReplayStart;
import dev.mooring.port.ArchiveActivities.WantedChain;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.MinimumRecoveryEnd;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import dev.mooring.topology.ContentId;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;

/** WAL files with nothing but their first page's header, and the chain over the files 16 to 20. */
public final class SampleWal {
  public static final WalSegmentSize SIZE = new WalSegmentSize(1 << 20);
  public static final SystemIdentifier SYSTEM = SystemIdentifier.parse("7710183681404870380");

  private SampleWal() {}

  public static String name(long timeline, int number) {
    return WalFileName.of(new TimelineId(timeline), number, SIZE).text();
  }

  public static byte[] file(long timeline, int number) {
    return file(timeline, number, SYSTEM, ByteOrder.LITTLE_ENDIAN);
  }

  /** A file of a server of that byte order. */
  public static byte[] file(long timeline, int number, SystemIdentifier system, ByteOrder order) {
    ByteBuffer header = ByteBuffer.allocate((int) SIZE.bytes()).order(order);
    header.putShort(0, (short) 0xD110).putShort(2, (short) 2).putInt(4, (int) timeline);
    header.putLong(8, number * SIZE.bytes()).putLong(24, system.value());
    header.putInt(32, (int) SIZE.bytes()).putInt(36, 8192);
    return header.array();
  }

  /** What an instance needs that begins in file 16 of the first timeline. */
  public static WantedChain chain(long timeline, Site.Archive where, List<ArchivedWal> expected) {
    TimelineId id = new TimelineId(timeline);
    Lsn lsn = Lsn.parse("0/14000C8");
    ContentTarget target =
        new ContentTarget(
            new ContentId(0),
            SYSTEM,
            id,
            lsn,
            WalFileName.containingByteBefore(id, lsn, SIZE),
            SIZE);
    return new WantedChain(
        new InstanceId("west-0"),
        new ReplayStart(
            Lsn.parse("0/1000028"),
            TimelineId.FIRST,
            new MinimumRecoveryEnd.None(),
            new LatestCheckpoint(Lsn.parse("0/28"), Instant.EPOCH)),
        target,
        where,
        expected);
  }
}
