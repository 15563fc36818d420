package dev.mooring.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The fields of one JSON object, read strictly: a missing field, a wrong type or an invalid value
 * is an {@link UnreadableField} that names the field. Nothing becomes a default.
 */
final class JsonFields {
  private final ObjectNode object;
  private final String path;
  private final Set<String> read = new TreeSet<>();

  private JsonFields(ObjectNode object, String path) {
    this.object = object;
    this.path = path;
  }

  static JsonFields of(ObjectNode document) {
    return new JsonFields(document, "");
  }

  boolean has(String name) {
    return object.has(name);
  }

  boolean isNull(String name) {
    return field(name).isNull();
  }

  String text(String name) {
    JsonNode value = field(name);
    if (!value.isTextual()) {
      throw wrongType(name, "text", value);
    }
    return value.textValue();
  }

  /** Text, or the empty text if the document says null. */
  String textOrNull(String name) {
    return isNull(name) ? "" : text(name);
  }

  /** Text, or the empty text if the document has no such field. */
  String textOrAbsent(String name) {
    read.add(name);
    return object.has(name) ? text(name) : "";
  }

  long number(String name) {
    JsonNode value = field(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrongType(name, "a whole number", value);
    }
    return value.longValue();
  }

  int smallNumber(String name) {
    JsonNode value = field(name);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrongType(name, "a whole number below 2^31", value);
    }
    return value.intValue();
  }

  boolean flagOrAbsent(String name) {
    read.add(name);
    return object.has(name) && flag(name);
  }

  boolean flag(String name) {
    JsonNode value = field(name);
    if (!value.isBoolean()) {
      throw wrongType(name, "true or false", value);
    }
    return value.booleanValue();
  }

  /** Parses a text; if the parser refuses it, the failure names the field. */
  <T> T value(String name, Function<String, T> parse) {
    String text = text(name);
    return understood(name, () -> parse.apply(text));
  }

  JsonFields object(String name) {
    return object(field(name), at(name));
  }

  List<JsonFields> objects(String name) {
    List<JsonFields> objects = new ArrayList<>();
    JsonNode list = list(name);
    for (int i = 0; i < list.size(); i++) {
      objects.add(object(list.get(i), at(name) + "[" + i + "]"));
    }
    return objects;
  }

  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    for (JsonNode value : list(name)) {
      if (!value.isTextual()) {
        throw wrongType(name, "a list of texts", value);
      }
      texts.add(value.textValue());
    }
    return texts;
  }

  /** Builds a value from several fields; a failure of its constructor names this path. */
  <T> T made(Supplier<T> make) {
    return understood("", make);
  }

  /** Refuses the first field that was never read. */
  void requireNoOther() {
    object
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!read.contains(name)) {
                throw new UnreadableField("field " + at(name) + " is unknown");
              }
            });
  }

  private <T> T understood(String name, Supplier<T> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
      String where = name.isEmpty() ? path : at(name);
      throw new UnreadableField(
          where.isEmpty()
              ? String.valueOf(e.getMessage())
              : "field " + where + ": " + e.getMessage(),
          e);
    }
  }

  private JsonNode list(String name) {
    JsonNode value = field(name);
    if (!value.isArray()) {
      throw wrongType(name, "a list", value);
    }
    return value;
  }

  private JsonNode field(String name) {
    read.add(name);
    JsonNode value = object.get(name);
    if (value == null) {
      throw new UnreadableField("field " + at(name) + " is missing");
    }
    return value;
  }

  private static JsonFields object(JsonNode value, String path) {
    if (value instanceof ObjectNode object) {
      return new JsonFields(object, path);
    }
    throw new UnreadableField("field " + path + " must be an object, got " + shown(value));
  }

  private UnreadableField wrongType(String name, String wanted, JsonNode value) {
    return new UnreadableField(
        "field " + at(name) + " must be " + wanted + ", got " + shown(value));
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
