package dev.mooring.postgres;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The file {@code backup_label} of a base backup that was not started yet, or of a copy that {@code
 * pg_rewind} made: where its recovery begins.
 *
 * @param start the first WAL the copy needs
 * @param checkpoint the position of the checkpoint record at the backup's begin
 * @param method how it was taken
 * @param source the kind of its source
 */
public record BackupLabel(Start start, Lsn checkpoint, Method method, Source source) {
  static final String START_WAL = "START WAL LOCATION";
  private static final String START_TIMELINE = "START TIMELINE";
  private static final String METHOD = "BACKUP METHOD";

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

    private static Start of(WalPlace place) {
      return new Start(place.location(), place.walFile(), place.walFile().timeline());
    }
  }

  /** How a base backup was taken. */
  public enum Method {
    STREAMED("streamed"),
    /** The exclusive mode of PostgreSQL before 15. */
    PG_START_BACKUP("pg_start_backup"),
    /** No backup: a copy that was rewound to its source. Its source is always called a standby. */
    PG_REWIND("pg_rewind");

    private final String text;

    Method(String text) {
      this.text = text;
    }

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

  /** The sources of base backups. */
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

  /**
   * Reads the file's text. An error names the field. The label of {@code pg_rewind} has no START
   * TIMELINE: its WAL file is of that timeline.
   */
  public static BackupLabel parse(String text) {
    LabelledText fields = new LabelledText("backup_label", text);
    Start start =
        fields.has(START_TIMELINE) || !isRewound(fields)
            ? start(fields, fields.read(START_TIMELINE, TimelineId::ofDecimal))
            : fields.read(START_WAL, value -> Start.of(WalPlace.parse(value)));
    return new BackupLabel(
        start,
        fields.read("CHECKPOINT LOCATION", Lsn::parse),
        fields.read(METHOD, Method::parse),
        fields.read("BACKUP FROM", Source::parse));
  }

  private static boolean isRewound(LabelledText fields) {
    return fields.has(METHOD) && fields.read(METHOD, Method::parse) == Method.PG_REWIND;
  }

  private static Start start(LabelledText fields, TimelineId timeline) {
    return fields.read(
        START_WAL,
        value -> {
          WalPlace place = WalPlace.parse(value);
          return new Start(place.location(), place.walFile(), timeline);
        });
  }
}
