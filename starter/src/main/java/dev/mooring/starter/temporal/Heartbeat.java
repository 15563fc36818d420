package dev.mooring.starter.temporal;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The progress of a call under way, as a phrase. */
final class Heartbeat {
  private Heartbeat() {}

  /**
   * {@code west-0 replays 0000… from 0/5000000, waits for 0000…} for the position of a replaying
   * instance, {@code west-0 is down: …} for an instance that ended; for a copy how much of it is
   * done, if that is known; any other report as names and values.
   */
  static String inWords(JsonNode details) {
    if (details.isArray()) {
      List<String> words = new ArrayList<>();
      details.forEach(one -> words.add(inWords(one)));
      words.removeIf(String::isEmpty);
      return String.join("; ", words);
    }
    if (details.hasNonNull("instance")) {
      return position(details);
    }
    if (details.isObject()) {
      List<String> words = new ArrayList<>();
      details.properties().forEach(e -> words.add(e.getKey() + " " + e.getValue().asText()));
      return String.join(", ", words);
    }
    return details.isNull() ? "" : details.asText();
  }

  private static String position(JsonNode details) {
    List<String> words = new ArrayList<>();
    String replayedTo = details.path("replayedTo").asText("");
    String replaying = details.path("replaying").asText("");
    String waitingFor = details.path("waitingFor").asText("");
    if (details.has("percent") && details.path("ofBytes").asLong() == 0) {
      return details.path("instance").asText() + " is at work";
    }
    if (details.has("percent")) {
      return String.format(
          "%s: %s of %s bytes, %s %%",
          details.path("instance").asText(),
          details.path("bytes").asText(),
          details.path("ofBytes").asText(),
          details.path("percent").asText());
    }
    String down = details.path("down").asText("");
    if (!replaying.isEmpty()) {
      words.add("replays " + replaying + (replayedTo.isEmpty() ? "" : " from " + replayedTo));
    }
    if (!waitingFor.isEmpty()) {
      words.add("waits for " + waitingFor);
    }
    if (!down.isEmpty()) {
      words.add("is down: " + down);
    }
    return words.isEmpty()
        ? ""
        : details.path("instance").asText() + " " + String.join(", ", words);
  }
}
