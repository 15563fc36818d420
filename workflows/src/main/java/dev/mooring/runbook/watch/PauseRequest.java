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
 * @param by who asks
 * @param reason why
 * @param until when it ends by itself: a time, or how long from now; empty where a person ends it
 */
public record PauseRequest(String by, String reason, String until) {

  /** Binds a pause; all that is wrong with it is one failure. */
  public static PauseRequest ofPause(@Nullable RawRequest raw, Instant now) {
    RequestReader reader = new RequestReader(raw);
    String by = reader.required("by", PauseRequest::said, "");
    String reason = reader.required("reason", PauseRequest::said, "");
    String until = reader.optional("until", text -> isAhead(text, now), "");
    reader.finish();
    return new PauseRequest(by, reason, until);
  }

  /** Binds the end of one. */
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

  private static String isAhead(String text, Instant now) {
    if (!text.isEmpty() && !end(text, now).isAfter(now)) {
      throw new IllegalArgumentException("must lie ahead of " + now + ", got '" + text + "'");
    }
    return text;
  }

  private static Instant end(String text, Instant now) {
    return text.startsWith("P") ? now.plus(Duration.parse(text)) : Instant.parse(text);
  }

  Pause pause(Instant now) {
    return new Pause(by, reason, now, until.isEmpty() ? List.of() : List.of(end(until, now)));
  }
}
