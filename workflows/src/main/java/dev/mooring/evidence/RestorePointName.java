package dev.mooring.evidence;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a restore point. PostgreSQL keeps at most 63 bytes of it (MAXFNAMELEN - 1,
 * src/include/access/xlog_internal.h); ours is plain text, because it becomes a file name and is
 * written to postgresql.auto.conf.
 *
 * <p>A name never denotes two positions: recovery stops at the first record with that name.
 */
public record RestorePointName(@JsonValue String value) implements Comparable<RestorePointName> {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss_SSS").withZone(ZoneOffset.UTC);

  private static final Pattern DATED = Pattern.compile("sync_point_([0-9]{8}_[0-9]{6})(_.*)?");
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuuMMdd_HHmmss")
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);

  @JsonCreator
  public RestorePointName {
    if (!PLAIN.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "restore point name must be 1 to 63 of A-Z a-z 0-9 _ . - and not begin with . or -, got '"
              + value
              + "'");
    }
  }

  /**
   * {@code sync_point_YYYYMMDD_HHMMSS_SUFFIX}, in UTC. The suffix begins with the milliseconds, so
   * that names sort by creation time, and ends with {@code distinct}, which distinguishes two
   * attempts of one run.
   */
  public static RestorePointName syncPoint(Instant at, String distinct) {
    return new RestorePointName("sync_point_" + STAMP.format(at) + distinct);
  }

  /**
   * When the point was created, by its name, to the second, for names of {@link #syncPoint} and of
   * the reference tool; otherwise empty.
   */
  public Optional<Instant> madeAt() {
    Matcher dated = DATED.matcher(value);
    try {
      return dated.matches()
          ? Optional.of(SECONDS.parse(dated.group(1), Instant::from))
          : Optional.empty();
    } catch (DateTimeException noSuchDay) {
      return Optional.empty();
    }
  }

  @Override
  public int compareTo(RestorePointName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
