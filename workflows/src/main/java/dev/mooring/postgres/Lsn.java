package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A position in the WAL of one instance (PostgreSQL's {@code pg_lsn}), in bytes, unsigned 64 bits.
 *
 * <p>Positions of different instances are never comparable, and zero is no position: PostgreSQL
 * writes {@code 0/0} if it has none (src/include/access/xlogdefs.h, InvalidXLogRecPtr).
 */
public record Lsn(long value) implements Comparable<Lsn> {

  public Lsn {
    if (value == 0) {
      throw new IllegalArgumentException("LSN 0/0 is no position");
    }
  }

  /**
   * Reads PostgreSQL's text form, two hexadecimal numbers of at most 8 digits: {@code 9/E40000C8}.
   */
  @JsonCreator
  public static Lsn parse(String text) {
    int slash = text.indexOf('/');
    if (!text.matches("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}")) {
      throw new IllegalArgumentException(
          "LSN must be two hexadecimal numbers of 1 to 8 digits such as 9/E40000C8, got '"
              + text
              + "'");
    }
    long high = Long.parseLong(text.substring(0, slash), 16);
    long low = Long.parseLong(text.substring(slash + 1), 16);
    return new Lsn(high << 32 | low);
  }

  /** True when this position lies before the other one of the same instance. */
  public boolean isBefore(Lsn other) {
    return compareTo(other) < 0;
  }

  /** True when this position lies after the other one of the same instance. */
  public boolean isAfter(Lsn other) {
    return compareTo(other) > 0;
  }

  /** The position so many bytes further on. */
  public Lsn plus(long bytes) {
    return new Lsn(value + bytes);
  }

  /** Bytes from an earlier position of the same instance to this one. */
  public long bytesSince(Lsn earlier) {
    if (isBefore(earlier)) {
      throw new IllegalArgumentException(this + " lies before " + earlier);
    }
    return value - earlier.value;
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  @Override
  @JsonValue
  public String toString() {
    return String.format("%X/%X", value >>> 32, value & 0xFFFFFFFFL);
  }
}
