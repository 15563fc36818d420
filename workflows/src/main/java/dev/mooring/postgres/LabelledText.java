package dev.mooring.postgres;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Lines of {@code label: value} as pg_controldata and backup_label have them. A label that is
 * missing, occurs twice or has an unreadable value is an error that names it; nothing has a
 * default.
 */
final class LabelledText {
  private final String source;
  private final Map<String, String> values = new LinkedHashMap<>();

  LabelledText(String source, String text) {
    this.source = source;
    for (String line : text.lines().toList()) {
      if (!line.isBlank()) {
        add(line);
      }
    }
  }

  private void add(String line) {
    int colon = line.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException(source + ": line without a label: '" + line + "'");
    }
    String label = line.substring(0, colon);
    String before = values.putIfAbsent(label, line.substring(colon + 1).strip());
    if (before != null) {
      throw new IllegalArgumentException(source + ": field '" + label + "' is there twice");
    }
  }

  boolean has(String label) {
    return values.containsKey(label);
  }

  /** The value under a label, read by a parser whose complaint gets the label's name. */
  <T> T read(String label, Function<String, T> parser) {
    String value = values.get(label);
    if (value == null) {
      throw new IllegalArgumentException(source + ": field '" + label + "' is missing");
    }
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException unreadable) {
      throw new IllegalArgumentException(
          source + ": field '" + label + "': " + unreadable.getMessage(), unreadable);
    }
  }

  int number(String label) {
    return read(label, LabelledText::nonNegative);
  }

  private static int nonNegative(String value) {
    try {
      int number = Integer.parseInt(value);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // the sentence below says it
    }
    throw new IllegalArgumentException("must be a number of 0 or more, got '" + value + "'");
  }
}
