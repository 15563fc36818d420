package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * A timeline of one instance: 1 after initdb, a new one at each promotion (PostgreSQL's {@code
 * TimeLineID}). {@code pg_controldata} prints it in decimal, file names carry it as 8 hexadecimal
 * digits.
 */
public record TimelineId(@JsonValue long value) implements Comparable<TimelineId> {
  /** The timeline every instance begins on. */
  public static final TimelineId FIRST = new TimelineId(1);

  private static final long LARGEST = 0xFFFFFFFFL;
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,10}");
  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]{8}");

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public TimelineId {
    if (value < 1 || value > LARGEST) {
      throw new IllegalArgumentException("timeline must be 1 to " + LARGEST + ", got " + value);
    }
  }

  /** Reads the decimal form of {@code pg_controldata}, history files and SQL. */
  public static TimelineId ofDecimal(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      throw new IllegalArgumentException("timeline must be a decimal number, got '" + text + "'");
    }
    return new TimelineId(Long.parseLong(text));
  }

  /** Reads the 8 hexadecimal digits that begin the names of WAL and history files. */
  public static TimelineId ofHex(String digits) {
    if (!HEX.matcher(digits).matches()) {
      throw new IllegalArgumentException(
          "timeline in a file name must be 8 hexadecimal digits, got '" + digits + "'");
    }
    return new TimelineId(Long.parseLong(digits, 16));
  }

  /** The 8 digits that begin the names of this timeline's files: {@code 0000000A}. */
  public String hex() {
    return String.format("%08X", value);
  }

  @Override
  public int compareTo(TimelineId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toString(value);
  }
}
