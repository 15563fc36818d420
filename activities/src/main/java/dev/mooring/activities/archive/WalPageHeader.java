package dev.mooring.activities.archive;

import dev.mooring.evidence.ContentTarget;
import dev.mooring.postgres.WalFileName;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The header of a WAL file's first page (src/include/access/xlog_internal.h,
 * XLogLongPageHeaderData), in the byte order of the server that wrote it.
 *
 * @param magic the page format of a PostgreSQL version
 * @param info flags of the page
 * @param timeline the timeline the page was written on
 * @param pageAddress the position of the page
 * @param systemIdentifier the system identifier of the server
 * @param segmentBytes the size of each WAL file
 * @param blockBytes the size of each page
 */
record WalPageHeader(
    int magic,
    int info,
    long timeline,
    long pageAddress,
    long systemIdentifier,
    long segmentBytes,
    int blockBytes) {
  static final int BYTES = 40;

  private static final int LONG_HEADER = 0x0002;
  private static final int INFO_AT = 2;
  private static final int TIMELINE_AT = 4;
  private static final int PAGE_ADDRESS_AT = 8;
  private static final int SYSTEM_IDENTIFIER_AT = 24;
  private static final int SEGMENT_BYTES_AT = 32;
  private static final int BLOCK_BYTES_AT = 36;

  /** Reads a line of 40 bytes in hexadecimal, as od prints them. */
  static WalPageHeader parse(String hexBytes, long segmentBytes) {
    String hex = hexBytes.replace(" ", "");
    if (!hex.matches("[0-9a-f]{" + 2 * BYTES + "}")) {
      throw new IllegalArgumentException(
          "'headers' must have lines of "
              + BYTES
              + " bytes in hexadecimal, got '"
              + hexBytes
              + "'");
    }
    byte[] bytes = HexFormat.of().parseHex(hex);
    WalPageHeader little = read(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    return little.segmentBytes == segmentBytes
        ? little
        : read(ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN))
            .orIfPlausible(little, segmentBytes);
  }

  private WalPageHeader orIfPlausible(WalPageHeader other, long bytes) {
    return segmentBytes == bytes ? this : other;
  }

  private static WalPageHeader read(ByteBuffer bytes) {
    return new WalPageHeader(
        Short.toUnsignedInt(bytes.getShort(0)),
        Short.toUnsignedInt(bytes.getShort(INFO_AT)),
        Integer.toUnsignedLong(bytes.getInt(TIMELINE_AT)),
        bytes.getLong(PAGE_ADDRESS_AT),
        bytes.getLong(SYSTEM_IDENTIFIER_AT),
        Integer.toUnsignedLong(bytes.getInt(SEGMENT_BYTES_AT)),
        bytes.getInt(BLOCK_BYTES_AT));
  }

  /** What is wrong with this header for that file, on the way to that target. */
  Optional<String> fault(WalFileName file, ContentTarget target) {
    if ((info & LONG_HEADER) == 0) {
      return Optional.of("page header without the marks of a WAL file's first page");
    }
    if (systemIdentifier != target.systemIdentifier().value()) {
      return Optional.of(
          differs(
              "system identifier",
              Long.toUnsignedString(systemIdentifier),
              target.systemIdentifier().toString()));
    }
    if (segmentBytes != target.walSegmentSize().bytes()) {
      return Optional.of(
          differs(
              "WAL file size",
              String.valueOf(segmentBytes),
              String.valueOf(target.walSegmentSize().bytes())));
    }
    long expected = file.segmentNumber(target.walSegmentSize()) * target.walSegmentSize().bytes();
    if (pageAddress != expected) {
      return Optional.of(differs("position", hex(pageAddress), hex(expected)));
    }
    if (timeline > file.timeline().value()) {
      return Optional.of(
          differs("timeline", String.valueOf(timeline), "at most " + file.timeline()));
    }
    return Optional.empty();
  }

  private static String differs(String what, String here, String expected) {
    return "page header with " + what + " " + here + " instead of " + expected;
  }

  private static String hex(long position) {
    return String.format("%X/%X", position >>> 32, position & 0xFFFFFFFFL);
  }
}
