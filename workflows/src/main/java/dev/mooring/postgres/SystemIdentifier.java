package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The number initdb gives an instance and all its physical copies keep, unsigned 64 bits. Compared
 * before any timeline or LSN: positions under different identifiers mean nothing to each other.
 */
public record SystemIdentifier(long value) {
  private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,20}");

  public SystemIdentifier {
    if (value == 0) {
      throw new IllegalArgumentException("system identifier 0 names no database system");
    }
  }

  /** Reads the decimal text; a JSON number would lose digits in readers that know doubles only. */
  @JsonCreator
  public static SystemIdentifier parse(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      throw unreadable(text);
    }
    try {
      return new SystemIdentifier(Long.parseUnsignedLong(text));
    } catch (NumberFormatException beyond64Bits) {
      throw unreadable(text);
    }
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(
        "system identifier must be a decimal number below 2^64, got '" + text + "'");
  }

  /** Whether its decimal text ends with these typed digits. */
  public boolean endsWith(String digits) {
    return toString().endsWith(digits);
  }

  @Override
  @JsonValue
  public String toString() {
    return Long.toUnsignedString(value);
  }
}
