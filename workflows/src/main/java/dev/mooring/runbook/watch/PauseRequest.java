package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Pause;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pause, or its end, as a person types it: {@code {"by":"alice","reason":"…","until":"PT2H"}}.
 *
 * @param by the person who asks
 * @param reason why
 * @param until when it ends by itself: a time, or a duration from now; empty if a person ends it
 */
public record PauseRequest(String by, String reason, String until) {

  /** A longer one was forgotten, or is a slip of the keyboard. */
  private static final Duration LONGEST = Duration.ofDays(365);

  /** Binds a pause; all its errors are one failure. */
  public static PauseRequest ofPause(@Nullable RawRequest raw, Instant now) {
    RequestReader reader = new RequestReader(raw);
    String by = reader.required("by", PauseRequest::said, "");
    String reason = reader.required("reason", PauseRequest::said, "");
    String until = reader.optional("until", text -> isAhead(text, now), "");
    reader.finish();
    return new PauseRequest(by, reason, until);
  }

  /** Binds the end of a pause. */
  public static PauseRequest ofResume(@Nullable RawRequest raw) {
    RequestReader reader = new RequestReader(raw);
    String by = reader.required("by", PauseRequest::said, "");
    String reason = reader.optional("reason", text -> text, "");
    reader.finish();
    return new PauseRequest(by, reason, "");
  }

  private static String said(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("must say something, got '" + text + "'");
    }
    return text;
  }

  /** A time, or how long from now, that may be left out. */
  static String isAhead(String text, Instant now) {
    if (text.isEmpty()) {
      return text;
    }
    Instant end = end(text, now);
    if (!end.isAfter(now)) {
      throw new IllegalArgumentException("must lie ahead of " + now + ", got '" + text + "'");
    }
    if (end.isAfter(now.plus(LONGEST))) {
      throw new IllegalArgumentException(tooLong(text));
    }
    return text;
  }

  private static String tooLong(String text) {
    return "must lie within " + LONGEST.toDays() + " days, got '" + text + "'";
  }

  private static Instant end(String text, Instant now) {
    try {
      return text.startsWith("P") ? now.plus(Duration.parse(text)) : Instant.parse(text);
    } catch (ArithmeticException tooLong) {
      throw new IllegalArgumentException(tooLong(text), tooLong);
    }
  }

  Pause pause(Instant now) {
    return new Pause(by, reason, now, until.isEmpty() ? List.of() : List.of(end(until, now)));
  }
}
