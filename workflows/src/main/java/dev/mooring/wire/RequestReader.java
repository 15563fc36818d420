package dev.mooring.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.mooring.port.FailureCode;
import io.temporal.failure.ApplicationFailure;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a typed request strictly: every field must be known, every value valid, and all errors are
 * reported in one sentence. Nothing unreadable becomes a default.
 */
public final class RequestReader {
  private final JsonNode json;
  private final List<String> fields = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  /** Reads one request; a missing one is read as no object. */
  public RequestReader(@Nullable RawRequest request) {
    this.json = request == null ? MissingNode.getInstance() : request.json();
  }

  /** A required field. The placeholder is used only until {@link #finish} refuses. */
  public <T> T required(String field, Function<String, T> parse, T placeholder) {
    return required(field, parse, placeholder, "");
  }

  /** A time in ISO 8601, in UTC. */
  public static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException wrong) {
      throw new IllegalArgumentException(
          "must be a time such as 2026-11-28T06:00:00Z, got '" + text + "'", wrong);
    }
  }

  /** A required enum name; if it is missing the message lists the names. */
  public <E extends Enum<E>> E required(String field, Class<E> type, E placeholder) {
    String all = String.join(" or ", names(type.getEnumConstants()));
    return required(field, oneOf(type), placeholder, ": " + all);
  }

  private <T> T required(String field, Function<String, T> parse, T placeholder, String wanted) {
    fields.add(field);
    JsonNode value = json.path(field);
    if (json.isObject() && (value.isMissingNode() || value.isNull())) {
      problems.add(field + " is missing" + wanted);
      return placeholder;
    }
    return read(field, value, parse, placeholder);
  }

  public <T> T optional(String field, Function<String, T> parse, T otherwise) {
    fields.add(field);
    JsonNode value = json.path(field);
    return value.isMissingNode() ? otherwise : read(field, value, parse, otherwise);
  }

  private <T> T read(String field, JsonNode value, Function<String, T> parse, T otherwise) {
    if (!json.isObject()) {
      return otherwise;
    }
    if (!value.isTextual() && !value.isBoolean() && !value.isNumber()) {
      problems.add(field + " must be a plain value, got " + value);
      return otherwise;
    }
    try {
      return parse.apply(value.asText());
    } catch (IllegalArgumentException | java.time.DateTimeException e) {
      problems.add(field + ": " + e.getMessage());
      return otherwise;
    }
  }

  /** Parses one of an enum's names, in any case. */
  public static <E extends Enum<E>> Function<String, E> oneOf(Class<E> type) {
    return text -> {
      for (E constant : type.getEnumConstants()) {
        if (constant.name().equalsIgnoreCase(text.replace('-', '_'))) {
          return constant;
        }
      }
      throw new IllegalArgumentException(
          "must be one of "
              + String.join(", ", names(type.getEnumConstants()))
              + ", got '"
              + text
              + "'");
    };
  }

  /** Parses rule names separated by commas; an unknown one fails. */
  public static List<String> rules(List<String> known, String typed) {
    List<String> rules = Arrays.stream(typed.split(",", -1)).map(String::strip).toList();
    for (String rule : rules) {
      if (!known.contains(rule)) {
        throw new IllegalArgumentException(
            "must be rules that can be overridden, with commas between: "
                + String.join(", ", known)
                + "; got '"
                + rule
                + "'");
      }
    }
    return rules;
  }

  /** An override needs a reason; a request that leaves the reason out is refused. */
  public void requireReason(List<String> overrides, String reason) {
    if (!overrides.isEmpty() && reason.isBlank()) {
      problems.add("reason: must say why a rule is overridden, got '" + reason + "'");
    }
  }

  /**
   * Requires the name of the person who starts a run that acts: another person's approval must
   * differ from it, and a digest counts as this person's approval.
   */
  public void requirePerson(boolean acts, String by) {
    if (acts && by.isBlank()) {
      problems.add("by: must name the requester, in mode execute, got '" + by + "'");
    }
  }

  /** A condition on several fields. */
  public void require(boolean holds, String otherwise) {
    if (!holds) {
      problems.add(otherwise);
    }
  }

  private static List<String> names(Enum<?>[] constants) {
    List<String> names = new ArrayList<>();
    for (Enum<?> constant : constants) {
      names.add(constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
    return names;
  }

  /** Fails the run when anything was wrong. */
  public void finish() {
    if (!json.isObject()) {
      problems.add(
          "the request must be one JSON object such as {\"cluster\":\"NAME\"}, got "
              + (json.isMissingNode() ? "nothing" : json));
    }
    json.fieldNames().forEachRemaining(this::refuseUnknown);
    if (!problems.isEmpty()) {
      throw ApplicationFailure.newNonRetryableFailure(
          "request refused: " + String.join("; ", problems), FailureCode.BAD_INPUT.name());
    }
  }

  private void refuseUnknown(String name) {
    if (!fields.contains(name)) {
      problems.add(
          "unknown field '"
              + name
              + "' (did you mean '"
              + nearest(name)
              + "'? known: "
              + String.join(", ", fields)
              + ")");
    }
  }

  private String nearest(String name) {
    return fields.stream().min(Comparator.comparingInt((String f) -> distance(f, name))).orElse("");
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
