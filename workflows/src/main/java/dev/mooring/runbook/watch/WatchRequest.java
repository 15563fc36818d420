package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Pause;
import dev.mooring.topology.ClusterName;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RequestReader;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The request of ReplicationWatch: {@code {"cluster":"NAME"}}. With {@code
 * "paused":true,"by":"alice","reason":"…"} the cluster's automatic acts are paused from the start.
 *
 * @param cluster the cluster
 * @param by the person who asks
 * @param reason why, or empty
 * @param paused whether the cluster's automatic acts are paused from the start
 * @param until when that pause ends by itself, as {@link PauseRequest#until}
 */
public record WatchRequest(
    ClusterName cluster, String by, String reason, boolean paused, String until) {

  /** Binds a typed request; all its errors are one failure. */
  public static WatchRequest of(@Nullable RawRequest raw, Instant now) {
    RequestReader reader = new RequestReader(raw);
    ClusterName cluster = reader.required("cluster", ClusterName::new, new ClusterName("none"));
    String by = reader.optional("by", text -> text, "");
    String reason = reader.optional("reason", text -> text, "");
    boolean paused = reader.optional("paused", WatchRequest::isTrue, false);
    String until = reader.optional("until", text -> PauseRequest.isAhead(text, now), "");
    reader.require(
        !paused || !(by.isBlank() || reason.isBlank()), "paused: by and reason must say something");
    reader.require(paused || until.isEmpty(), "until: ends a pause, and paused is not true");
    reader.finish();
    return new WatchRequest(cluster, by, reason, paused, until);
  }

  private static boolean isTrue(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("must be true or false, got '" + text + "'");
    }
    return text.equals("true");
  }

  /** The pause that it begins with, if it does. */
  Optional<Pause> pause(Instant now) {
    return paused ? Optional.of(new PauseRequest(by, reason, until).pause(now)) : Optional.empty();
  }
}
