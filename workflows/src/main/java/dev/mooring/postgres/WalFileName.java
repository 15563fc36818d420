package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a WAL file: 8 hexadecimal digits of timeline, then 16 that number the file, as
 * PostgreSQL's XLogFileName writes it. Names of one timeline sort in WAL order.
 */
public record WalFileName(@JsonValue String text) implements Comparable<WalFileName> {
  private static final Pattern SHAPE = Pattern.compile("[0-9A-F]{24}");

  private static final Pattern BACKUP = Pattern.compile("([0-9A-F]{24})[.][0-9A-F]{8}[.]backup");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public WalFileName {
    if (!SHAPE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "WAL file name must be 24 upper-case hexadecimal digits, got '" + text + "'");
    }
    if (text.startsWith("00000000")) {
      throw new IllegalArgumentException("WAL file name " + text + " carries timeline 0");
    }
  }

  /** Whether a text is such a name; an archiver also brings history and backup files. */
  public static boolean isOne(String text) {
    return SHAPE.matcher(text).matches() && !text.startsWith("00000000");
  }

  /**
   * The WAL file of a server's {@code last_archived_wal}. After a base backup that is its backup
   * history file, whose name begins with that of a WAL file; empty for a timeline history.
   */
  public static Optional<WalFileName> ofArchived(String lastArchived) {
    return Optional.of(BACKUP.matcher(lastArchived).replaceFirst("$1"))
        .filter(WalFileName::isOne)
        .map(WalFileName::new);
  }

  /** The file of a timeline that holds the byte at a position: the one a record there begins in. */
  public static WalFileName containing(TimelineId timeline, Lsn lsn, WalSegmentSize size) {
    return of(timeline, Long.divideUnsigned(lsn.value(), size.bytes()), size);
  }

  /**
   * The file of a timeline that holds the byte before a position, as {@code pg_walfile_name}
   * answers: a record that ends exactly at a file's end is in that file, not in the next.
   */
  public static WalFileName containingByteBefore(
      TimelineId timeline, Lsn lsn, WalSegmentSize size) {
    return of(timeline, Long.divideUnsigned(lsn.value() - 1, size.bytes()), size);
  }

  /** The file with a number, counted from the beginning of the WAL. */
  public static WalFileName of(TimelineId timeline, long segmentNumber, WalSegmentSize size) {
    if (segmentNumber < 0 || segmentNumber > size.largestSegmentNumber()) {
      throw new IllegalArgumentException(
          "WAL file number must be 0 to "
              + size.largestSegmentNumber()
              + " at "
              + size
              + " per file, got "
              + segmentNumber);
    }
    return new WalFileName(
        String.format(
            "%s%08X%08X",
            timeline.hex(),
            segmentNumber / size.segmentsPerXLogId(),
            segmentNumber % size.segmentsPerXLogId()));
  }

  public TimelineId timeline() {
    return TimelineId.ofHex(text.substring(0, 8));
  }

  /** The file's number at a file size; a name that cannot occur at that size is refused. */
  public long segmentNumber(WalSegmentSize size) {
    long low = Long.parseLong(text, 16, 24, 16);
    if (low >= size.segmentsPerXLogId()) {
      throw new IllegalArgumentException(
          String.format(
              "WAL file name %s ends in %08X, but at %s per file the last 8 digits go to %08X",
              text, low, size, size.segmentsPerXLogId() - 1));
    }
    return Long.parseLong(text, 8, 16, 16) * size.segmentsPerXLogId() + low;
  }

  /** Whether its WAL lies before that of another file, whatever their timelines are. */
  public boolean isBefore(WalFileName other) {
    return text.substring(8).compareTo(other.text.substring(8)) < 0;
  }

  /** The position of the file's first byte. File 0 has none: 0/0 is no position. */
  public Lsn startLsn(WalSegmentSize size) {
    long number = segmentNumber(size);
    if (number == 0) {
      throw new IllegalArgumentException(
          "WAL file " + text + " begins at 0/0, which is no position");
    }
    return new Lsn(number * size.bytes());
  }

  /** The file after this one on the same timeline. */
  public WalFileName next(WalSegmentSize size) {
    return of(timeline(), segmentNumber(size) + 1, size);
  }

  @Override
  public int compareTo(WalFileName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
