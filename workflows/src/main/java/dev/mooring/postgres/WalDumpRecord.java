package dev.mooring.postgres;

/**
 * A restore point as pg_waldump shows its record.
 *
 * @param start the record's first byte
 * @param totalLength its bytes, page headers not counted
 * @param name the restore point's name
 */
public record WalDumpRecord(Lsn start, long totalLength, String name) {
  private static final int ALIGNMENT = 8;
  private static final int SHORT_PAGE_HEADER = 24;
  private static final int LONG_PAGE_HEADER = 40;

  public WalDumpRecord {
    if (totalLength < 1) {
      throw new IllegalArgumentException(
          "WAL record at " + start + " must have a length of 1 or more, got " + totalLength);
    }
  }

  /**
   * Where the last record ends before an insert position, as {@code pg_current_wal_insert_lsn}
   * answers: behind the header of a page that holds nothing yet, at that page's start. pg_waldump
   * comes to no clean end inside a page header.
   */
  public static Lsn lastEnd(Lsn insert, int walBlockSize, WalSegmentSize size) {
    long inPage = Long.remainderUnsigned(insert.value(), walBlockSize);
    boolean firstPage = Long.remainderUnsigned(insert.value(), size.bytes()) < walBlockSize;
    return inPage <= (firstPage ? LONG_PAGE_HEADER : SHORT_PAGE_HEADER)
        ? new Lsn(insert.value() - inPage)
        : insert;
  }

  /**
   * Where the record ends, as {@code pg_create_restore_point} answers: aligned to 8 bytes, and
   * further by a page header wherever the record runs on into the next page (40 bytes on a file's
   * first page, 24 on others).
   */
  public Lsn endLsn(int walBlockSize, WalSegmentSize size) {
    long position = start.value();
    long left = (totalLength + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    long room = walBlockSize - Long.remainderUnsigned(position, walBlockSize);
    while (left > room) {
      left -= room;
      position += room;
      boolean firstPage = Long.remainderUnsigned(position, size.bytes()) == 0;
      long header = firstPage ? LONG_PAGE_HEADER : SHORT_PAGE_HEADER;
      position += header;
      room = walBlockSize - header;
    }
    return new Lsn(position + left);
  }
}
