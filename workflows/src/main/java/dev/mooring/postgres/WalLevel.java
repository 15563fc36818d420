package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** How much an instance writes to its WAL; below replica it cannot be archived and replayed. */
public enum WalLevel {
  MINIMAL,
  REPLICA,
  LOGICAL;

  @JsonCreator
  public static WalLevel parse(String text) {
    return Arrays.stream(values())
        .filter(level -> level.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "wal_level must be minimal, replica or logical, got '" + text + "'"));
  }

  @Override
  @JsonValue
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
