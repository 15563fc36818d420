package dev.mooring.dev.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.dev.replay.ReplayedActs.Act;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.converter.DataConverter;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether a replayed run called its activities with the same input as the recorded one: values that
 * both have must be equal. A field that only one of them has is of another release and no
 * difference; nor are sentences for people, which a release may reword.
 */
final class Differences {
  private static final Set<String> SENTENCES =
      Set.of("headline", "degraded", "result", "reasons", "note", "summary");
  private static final Pattern IN_REPLAY = Pattern.compile("(?:run|workflow)_id_in_replay");
  private static final int SHOWN = 120;

  private final DataConverter converter = RunbookDataConverter.create();

  /** The first difference, in words. */
  Optional<String> first(List<HistoryEvent> events, List<Act> replayed) {
    Iterator<Act> acts = replayed.iterator();
    List<ActivityTaskScheduledEventAttributes> recorded = scheduled(events);
    for (ActivityTaskScheduledEventAttributes one : recorded) {
      String name = one.getActivityType().getName();
      Optional<Act> same = next(acts, name);
      if (same.isEmpty()) {
        return Optional.of("it recorded " + name + ", which is not asked for now");
      }
      Optional<String> differs = difference(one, same.get());
      if (differs.isPresent()) {
        return Optional.of(name + " " + differs.get());
      }
    }
    return Optional.empty();
  }

  private static List<ActivityTaskScheduledEventAttributes> scheduled(List<HistoryEvent> events) {
    return events.stream()
        .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
        .map(HistoryEvent::getActivityTaskScheduledEventAttributes)
        .toList();
  }

  /** An act that was cancelled before it was sent left no event: it is skipped. */
  private static Optional<Act> next(Iterator<Act> acts, String name) {
    while (acts.hasNext()) {
      Act act = acts.next();
      if (act.name().equals(name)) {
        return Optional.of(act);
      }
    }
    return Optional.empty();
  }

  private Optional<String> difference(ActivityTaskScheduledEventAttributes recorded, Act now) {
    if (now.input() == null) {
      return Optional.empty();
    }
    return difference(
        "",
        json(recorded.getInput()),
        converter
            .toPayloads(now.input())
            .map(this::json)
            .orElseThrow(() -> new IllegalStateException("an input has a payload")));
  }

  private JsonNode json(Payloads payloads) {
    return converter.fromPayloads(0, Optional.of(payloads), JsonNode.class, JsonNode.class);
  }

  /** The first place where two trees differ, sentences aside. */
  private static Optional<String> difference(String path, JsonNode then, JsonNode now) {
    if (then.equals(now) || isOfThisRun(then.asText(), now.asText())) {
      return Optional.empty();
    }
    if (then instanceof ObjectNode && now instanceof ObjectNode) {
      for (String field : shared(then, now)) {
        Optional<String> differs =
            difference(
                path.isEmpty() ? field : path + "." + field, then.get(field), now.get(field));
        if (differs.isPresent()) {
          return differs;
        }
      }
      return Optional.empty();
    }
    if (then.isArray() && now.isArray() && then.size() == now.size()) {
      for (int i = 0; i < then.size(); i++) {
        Optional<String> differs = difference(path + "[" + i + "]", then.get(i), now.get(i));
        if (differs.isPresent()) {
          return differs;
        }
      }
      return Optional.empty();
    }
    return Optional.of(String.format("%s: recorded %s, now %s", path, shown(then), shown(now)));
  }

  /** A replay may not know the ids of the run itself; the SDK has a placeholder for them. */
  private static boolean isOfThisRun(String then, String now) {
    return IN_REPLAY.matcher(now).find()
        && then.matches(
            Stream.of(IN_REPLAY.split(now, -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".+")));
  }

  private static List<String> shared(JsonNode then, JsonNode now) {
    return then.properties().stream()
        .map(Map.Entry::getKey)
        .filter(field -> now.hasNonNull(field) && !then.get(field).isNull())
        .filter(field -> !SENTENCES.contains(field))
        .toList();
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
