package dev.mooring.postgres;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Goes through the messages of one start in order. */
final class StartLogReader {
  private static final int LAST_LINES = 20;
  private static final String STOPPING = "recovery stopping ";
  private static final String AT_RESTORE_POINT = STOPPING + "at restore point ";
  private static final Pattern RESTORE_POINT =
      Pattern.compile(Pattern.quote(AT_RESTORE_POINT) + "\"([^\"]+)\", time (\\S+ \\S+)");

  /**
   * Sent to clients while the server cannot serve them, and logged by an extension's background
   * worker that is stopped when the server shuts down: no failure of the server.
   */
  private static final Pattern NO_FAILURE =
      Pattern.compile(
          "the database system is (?:starting up|shutting down|in recovery mode"
              + "|not accepting connections|not yet accepting connections)"
              + "|terminating background worker \".*\" due to administrator command");

  /** Recovery at its target, action pause; the second until version 12. */
  private static final List<String> PAUSING =
      List.of("pausing at the end of recovery", "recovery has paused");

  /** timestamptz_to_str: ISO style always, in the server's time zone. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 6, true)
          .appendOffset("+HH:mm:ss", "Z")
          .toFormatter(Locale.ROOT);

  private final List<String> fatals = new ArrayList<>();
  private StopLine stop = new StopLine.None();
  private boolean stopped;
  private boolean fatalAfterStop;
  private boolean shuttingDownAtTarget;
  private boolean shutDownAtTarget;
  private boolean pausedAtTarget;
  private int starts;

  StartLog read(String text) {
    List<String> lines = text.lines().toList();
    boolean complete = text.isEmpty() || text.endsWith("\n");
    List<String> ended = complete ? lines : lines.subList(0, lines.size() - 1);
    for (LogMessage message : LogMessage.all(ended)) {
      switch (message.severity()) {
        case "LOG" -> log(message.text());
        case "FATAL", "PANIC" -> fatal(message);
        default -> {}
      }
    }
    List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
    return new StartLog(stop, shutDownAtTarget, fatals, fatalAfterStop, last, pausedAtTarget);
  }

  private void log(String text) {
    if (text.startsWith("starting PostgreSQL ")) {
      starts++;
      if (starts > 1) {
        throw new IllegalArgumentException("server log: holds more than one start, must hold one");
      }
    } else if (text.startsWith(STOPPING)) {
      stop = stopLine(text);
      stopped = true;
      shuttingDownAtTarget = false;
      shutDownAtTarget = false;
      pausedAtTarget = false;
    } else if (PAUSING.contains(text)) {
      pausedAtTarget = stopped && !fatalAfterStop;
    } else if (text.equals("shutdown at recovery target")) {
      shuttingDownAtTarget = stopped;
    } else if (text.equals("database system is shut down")) {
      shutDownAtTarget = shuttingDownAtTarget;
    }
  }

  private void fatal(LogMessage message) {
    if (NO_FAILURE.matcher(message.text()).matches()) {
      return;
    }
    fatals.add(message.line());
    fatalAfterStop |= stopped;
  }

  private static StopLine stopLine(String text) {
    if (!text.startsWith(AT_RESTORE_POINT)) {
      return new StopLine.Elsewhere(text.substring(STOPPING.length()));
    }
    Matcher matcher = RESTORE_POINT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "server log: stop line must be such as 'recovery stopping at restore point \"NAME\","
              + " time 2026-11-20 08:44:52.123456+00', got '"
              + text
              + "'");
    }
    return new StopLine.At(matcher.group(1), time(matcher.group(2)));
  }

  private static Instant time(String text) {
    try {
      return OffsetDateTime.parse(text, TIME).toInstant();
    } catch (DateTimeException unreadable) {
      throw new IllegalArgumentException(
          "server log: time of the stop line must be such as 2026-11-20 08:44:52.123456+00, got '"
              + text
              + "'",
          unreadable);
    }
  }
}
