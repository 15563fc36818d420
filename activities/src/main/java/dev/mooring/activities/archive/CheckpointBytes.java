package dev.mooring.activities.archive;

import dev.mooring.activities.host.InstanceRefusal;
import dev.mooring.activities.host.Said;
import dev.mooring.port.ArchiveActivities.LatestCheckpoint;
import dev.mooring.port.ArchiveActivities.WantedChain;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.WalFileName;
import dev.mooring.postgres.WalSegmentSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether production made the latest checkpoint of a copy's control file. A copy that was opened
 * without a promotion stays on its timeline, and can have written exactly as much WAL as production
 * did since: only the checkpoint that it made itself shows it, by its time. The record's data is a
 * CheckPoint (pg_control.h) behind a header of 24 bytes and two more (xlogrecord.h); the place of
 * the time in it differs between versions and forks, so its eight bytes are searched for.
 */
final class CheckpointBytes {
  private static final int SHORT_PAGE_HEADER = 24;
  private static final int RECORD_HEADER = 26;

  /** No CheckPoint is longer: PostgreSQL's has 88 bytes, with Greenplum's additions about 110. */
  private static final int ENOUGH = 160;

  private CheckpointBytes() {}

  /** The file that holds it, on the timeline of the copy. */
  static WalFileName file(WantedChain wanted) {
    return WalFileName.containing(
        wanted.from().timeline(), wanted.from().checkpoint().location(), size(wanted));
  }

  /** The offset of the record in that file. */
  static long offset(WantedChain wanted) {
    return Long.remainderUnsigned(
        wanted.from().checkpoint().location().value(), size(wanted).bytes());
  }

  /** Refuses a copy if the archive has another checkpoint there; an absent file is only a gap. */
  static void requireProductions(
      WantedChain wanted, List<WalFileName> needed, ArchiveListing listing, Said said) {
    long number = file(wanted).segmentNumber(size(wanted));
    Optional<WalFileName> file =
        needed.stream().filter(name -> name.segmentNumber(size(wanted)) == number).findFirst();
    if (file.isEmpty()) {
      return;
    }
    WalPageHeader header = listing.headers().get(file.get());
    Optional<byte[]> bytes =
        said.text("checkpoint").lines().flatMap(l -> of(l, file.get())).findFirst();
    if (header == null || bytes.isEmpty()) {
      return;
    }
    byte[] record = withoutPageHeader(bytes.get(), header.blockBytes(), offset(wanted));
    LatestCheckpoint checkpoint = wanted.from().checkpoint();
    if (record.length >= ENOUGH && !holds(record, checkpoint.time().getEpochSecond())) {
      throw new InstanceRefusal(
          FailureCode.PROMOTED,
          "its latest checkpoint, at "
              + checkpoint.location()
              + " made "
              + checkpoint.time()
              + ", is not the one that "
              + file.get()
              + " in the archive holds there: it was open for writing");
    }
  }

  private static Stream<byte[]> of(String line, WalFileName file) {
    return line.startsWith(file.text() + " ")
        ? Stream.of(HexFormat.of().parseHex(line.substring(file.text().length() + 1)))
        : Stream.empty();
  }

  /** A record that does not fit into its page goes on behind the next page's header. */
  private static byte[] withoutPageHeader(byte[] bytes, int blockBytes, long offset) {
    int inPage = (int) (blockBytes - offset % blockBytes);
    if (inPage >= bytes.length) {
      return bytes;
    }
    int behind = Math.min(inPage + SHORT_PAGE_HEADER, bytes.length);
    return ByteBuffer.allocate(inPage + bytes.length - behind)
        .put(bytes, 0, inPage)
        .put(bytes, behind, bytes.length - behind)
        .array();
  }

  private static boolean holds(byte[] record, long seconds) {
    ByteBuffer data = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = RECORD_HEADER; at + Long.BYTES <= ENOUGH; at++) {
      if (data.getLong(at) == seconds || Long.reverseBytes(data.getLong(at)) == seconds) {
        return true;
      }
    }
    return false;
  }

  private static WalSegmentSize size(WantedChain wanted) {
    return wanted.target().walSegmentSize();
  }
}
