package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far an instance must replay before its data is consistent: the minimum recovery ending
 * location of its control file. A parked instance can never be parked below it.
 */
public sealed interface MinimumRecoveryEnd {

  /** The control file has 0/0: the instance was not in recovery when it last wrote it. */
  record None() implements MinimumRecoveryEnd {
    @Override
    public <T> T match(Supplier<T> none, BiFunction<Lsn, TimelineId, T> at) {
      return none.get();
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /** Replay has to reach this position of this timeline. */
  record At(Lsn lsn, TimelineId timeline) implements MinimumRecoveryEnd {
    @Override
    public <T> T match(Supplier<T> none, BiFunction<Lsn, TimelineId, T> at) {
      return at.apply(lsn, timeline);
    }

    @Override
    public String toString() {
      return text();
    }
  }

  /** One answer per variant. */
  <T> T match(Supplier<T> none, BiFunction<Lsn, TimelineId, T> at);

  /** {@code none}, or {@code 0/3000090 on timeline 1}. */
  @JsonValue
  default String text() {
    return match(() -> "none", (lsn, timeline) -> lsn + " on timeline " + timeline);
  }

  /** Reads the form {@link #text} writes. */
  @JsonCreator
  static MinimumRecoveryEnd parse(String text) {
    if (text.equals("none")) {
      return new None();
    }
    Matcher matcher = Pattern.compile("(\\S+) on timeline (\\S+)").matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "minimum recovery end must be 'none' or such as '0/3000090 on timeline 1', got '"
              + text
              + "'");
    }
    return new At(Lsn.parse(matcher.group(1)), TimelineId.ofDecimal(matcher.group(2)));
  }
}
