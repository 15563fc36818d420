package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The file {@code backup_label} of a base backup that was not started yet: where its recovery
 * begins.
 *
 * @param start the first WAL the copy needs
 * @param checkpoint where the checkpoint record of the backup's begin stands
 * @param method how it was taken
 * @param source what it was taken from
 */
public record BackupLabel(Start start, Lsn checkpoint, Method method, Source source) {
  private static final String START_WAL = "START WAL LOCATION";
  private static final Pattern START = Pattern.compile("(\\S+) \\(file (\\S+)\\)");

  /** The first WAL the copy needs: the position, the file that holds it, its timeline. */
  public record Start(Lsn location, WalFileName walFile, TimelineId timeline) {
    public Start {
      if (!walFile.timeline().equals(timeline)) {
        throw new IllegalArgumentException(
            "WAL file "
                + walFile
                + " is of timeline "
                + walFile.timeline()
                + ", but the START TIMELINE is "
                + timeline);
      }
    }
  }

  /** How a base backup was taken. */
  public enum Method {
    STREAMED("streamed"),
    /** The exclusive mode of PostgreSQL before 15. */
    PG_START_BACKUP("pg_start_backup");

    private final String text;

    Method(String text) {
      this.text = text;
    }

    /** Reads the label's text. */
    @JsonCreator
    public static Method parse(String text) {
      return Arrays.stream(values())
          .filter(method -> method.text.equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "must be "
                          + Arrays.stream(values())
                              .map(Method::toString)
                              .collect(Collectors.joining(" or "))
                          + ", got '"
                          + text
                          + "'"));
    }

    @Override
    @JsonValue
    public String toString() {
      return text;
    }
  }

  /** What a base backup was taken from. */
  public enum Source {
    PRIMARY("primary"),
    STANDBY("standby");

    private final String text;

    Source(String text) {
      this.text = text;
    }

    /** Reads the label's text; PostgreSQL 13 writes master for primary. */
    @JsonCreator
    public static Source parse(String text) {
      return switch (text) {
        case "primary", "master" -> PRIMARY;
        case "standby" -> STANDBY;
        default ->
            throw new IllegalArgumentException("must be primary or standby, got '" + text + "'");
      };
    }

    @Override
    @JsonValue
    public String toString() {
      return text;
    }
  }

  /** Reads the file's text. An error names the field. */
  public static BackupLabel parse(String text) {
    LabelledText fields = new LabelledText("backup_label", text);
    TimelineId timeline = fields.read("START TIMELINE", TimelineId::ofDecimal);
    return new BackupLabel(
        fields.read(START_WAL, value -> start(value, timeline)),
        fields.read("CHECKPOINT LOCATION", Lsn::parse),
        fields.read("BACKUP METHOD", Method::parse),
        fields.read("BACKUP FROM", Source::parse));
  }

  private static Start start(String value, TimelineId timeline) {
    Matcher matcher = START.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "must be such as '0/2000028 (file 000000010000000000000002)', got '" + value + "'");
    }
    return new Start(Lsn.parse(matcher.group(1)), new WalFileName(matcher.group(2)), timeline);
  }
}
