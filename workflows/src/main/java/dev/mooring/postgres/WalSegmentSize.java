package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * How large each WAL file of an instance is: the power of two between 1 MB and 1 GB that initdb was
 * given ({@code --wal-segsize}, {@code Bytes per WAL segment} in pg_controldata).
 */
public record WalSegmentSize(@JsonValue long bytes) {
  private static final long SMALLEST = 1L << 20;
  private static final long LARGEST = 1L << 30;
  private static final long BYTES_PER_XLOG_ID = 1L << 32;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public WalSegmentSize {
    if (bytes < SMALLEST || bytes > LARGEST || Long.bitCount(bytes) != 1) {
      throw new IllegalArgumentException(
          "WAL file size must be a power of two from 1 MB to 1 GB, got " + bytes + " bytes");
    }
  }

  /** How many WAL files share the middle 8 digits of their names: 4 GB worth of them. */
  public long segmentsPerXLogId() {
    return BYTES_PER_XLOG_ID / bytes;
  }

  /** How many whole WAL files lie between two positions of one instance; none if to is first. */
  public long filesBetween(Lsn from, Lsn to) {
    return to.isAfter(from) ? to.bytesSince(from) / bytes : 0;
  }

  /** The largest segment number whose bytes an LSN can name. */
  long largestSegmentNumber() {
    return Long.divideUnsigned(-1L, bytes);
  }

  @Override
  public String toString() {
    return bytes + " bytes";
  }
}
