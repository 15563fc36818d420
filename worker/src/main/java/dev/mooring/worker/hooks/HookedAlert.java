package dev.mooring.worker.hooks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mooring.wire.Digest;
import dev.mooring.worker.hooks.HookFile.Hook;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/**
 * One alert of a call.
 *
 * @param json the value that rules match
 * @param incident its incident, the same each time that it is sent
 * @param startsAt when it began
 * @param resolved whether it reports that the incident is over
 */
record HookedAlert(JsonNode json, String incident, Instant startsAt, boolean resolved) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final DateTimeFormatter COMPACT =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private static final int SHORT = 16;

  /** A body is none of the hook's format. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String why) {
      super(why);
    }
  }

  /** The alerts of a body, in their order, each still to be read with {@link #of}. */
  static List<JsonNode> all(Hook hook, byte[] body) throws Malformed {
    JsonNode root = parsed(body);
    if (!hook.isAlertmanagers()) {
      return List.of(root);
    }
    JsonNode alerts = root.path("alerts");
    if (!alerts.isArray()) {
      throw new Malformed("the body has no list 'alerts', as Alertmanager's webhook has");
    }
    List<JsonNode> all = new ArrayList<>();
    alerts.forEach(all::add);
    return all;
  }

  /** One of them. */
  static HookedAlert of(Hook hook, JsonNode alert) throws Malformed {
    return hook.isAlertmanagers()
        ? alert(
            alert,
            alert.path("fingerprint"),
            alert.path("startsAt"),
            alert.path("status").asText().equals("resolved"))
        : alert(alert, alert.at(hook.incident()), alert.at(hook.startsAt()), false);
  }

  private static JsonNode parsed(byte[] body) throws Malformed {
    try {
      JsonNode root = JSON.readTree(body);
      if (root == null || !root.isObject()) {
        throw new Malformed("the body is no JSON object");
      }
      return root;
    } catch (JsonProcessingException wrong) {
      throw new Malformed("the body is not JSON: " + wrong.getOriginalMessage());
    } catch (IOException unreadable) {
      throw new Malformed("the body can't be read: " + unreadable.getMessage());
    }
  }

  private static HookedAlert alert(
      JsonNode json, JsonNode incident, JsonNode startsAt, boolean resolved) throws Malformed {
    if (!(incident.isTextual() || incident.isNumber()) || incident.asText().isBlank()) {
      throw new Malformed("an alert does not name its incident (Alertmanager's fingerprint)");
    }
    try {
      return new HookedAlert(
          json, incident.asText(), OffsetDateTime.parse(startsAt.asText()).toInstant(), resolved);
    } catch (DateTimeParseException wrong) {
      throw new Malformed("startsAt must be a time in ISO 8601, got '" + startsAt.asText() + "'");
    }
  }

  /** The part of its run's id: the same for an incident, however often it is sent. */
  String key() {
    String name =
        incident.matches("[A-Za-z0-9._-]{1,64}")
            ? incident
            : Digest.of(incident).substring(0, SHORT);
    return name + ":" + COMPACT.format(startsAt);
  }

  /** The value that a rule names: that text, or the target of a JSON pointer. */
  String text(String said) {
    return HookFile.isPointer(said) ? json.at(said).asText("") : said;
  }
}
