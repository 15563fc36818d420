package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether an instance still replays towards the end of the base backup it was made from. Until it
 * has reached that end it is not consistent, with any minimum recovery end.
 */
public sealed interface BackupRecovery {

  /** No backup's end is outstanding, or the copy was never started. */
  record None() implements BackupRecovery {
    @Override
    public <T> T match(
        Supplier<T> none, Function<Lsn, T> untilRecord, BiFunction<Lsn, Lsn, T> untilLocation) {
      return none.get();
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /** The end-of-backup record of the backup that began at this position is outstanding. */
  record UntilEndRecord(Lsn start) implements BackupRecovery {
    @Override
    public <T> T match(
        Supplier<T> none, Function<Lsn, T> untilRecord, BiFunction<Lsn, Lsn, T> untilLocation) {
      return untilRecord.apply(start);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /** The backup was taken from a standby: replay has to reach the end location. */
  record UntilLocation(Lsn start, Lsn end) implements BackupRecovery {
    @Override
    public <T> T match(
        Supplier<T> none, Function<Lsn, T> untilRecord, BiFunction<Lsn, Lsn, T> untilLocation) {
      return untilLocation.apply(start, end);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /** One answer per variant. */
  <T> T match(
      Supplier<T> none, Function<Lsn, T> untilRecord, BiFunction<Lsn, Lsn, T> untilLocation);

  /** {@code none}, {@code from 0/2000028}, or {@code from 0/2000028 to 0/2000100}. */
  @JsonValue
  default String text() {
    return match(
        () -> "none", start -> "from " + start, (start, end) -> "from " + start + " to " + end);
  }

  /** Reads the form {@link #text} writes. */
  @JsonCreator
  static BackupRecovery parse(String text) {
    if (text.equals("none")) {
      return new None();
    }
    Matcher matcher = Pattern.compile("from (\\S+)(?: to (\\S+))?").matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "backup recovery must be 'none' or such as 'from 0/2000028 to 0/2000100', got '"
              + text
              + "'");
    }
    Lsn start = Lsn.parse(matcher.group(1));
    return matcher.group(2) == null
        ? new UntilEndRecord(start)
        : new UntilLocation(start, Lsn.parse(matcher.group(2)));
  }
}
