package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A file's violations of the schema, as sentences for people. The value of a secret setting is
 * never repeated, nor is that of an unknown one, which may be a secret under a mistyped name.
 */
final class SchemaProblems {
  private static final int LONGEST_QUOTE = 60;

  private final ClusterFileSchema schema;
  private final LocatedYaml file;

  private SchemaProblems(ClusterFileSchema schema, LocatedYaml file) {
    this.schema = schema;
    this.file = file;
  }

  static List<Problem> of(ClusterFileSchema schema, LocatedYaml file) {
    SchemaProblems problems = new SchemaProblems(schema, file);
    Set<ValidationMessage> found = schema.validate(file.root());
    Set<String> ofWrongType =
        found.stream()
            .filter(SchemaProblems::isType)
            .map(message -> message.getInstanceLocation().toString())
            .collect(Collectors.toSet());
    return found.stream()
        .filter(
            message ->
                isType(message) || !ofWrongType.contains(message.getInstanceLocation().toString()))
        .map(problems::problem)
        .toList();
  }

  private static boolean isType(ValidationMessage message) {
    return message.getType().equals("type");
  }

  private Problem problem(ValidationMessage found) {
    JsonPointer at = JsonPointer.compile(found.getInstanceLocation().toString());
    JsonNode rules = schema.ownerOf(found);
    return switch (found.getType()) {
      case "additionalProperties" -> unknown(at.appendProperty(found.getProperty()), rules);
      case "required" -> file.atValue(at.appendProperty(found.getProperty()), "is missing");
      default -> file.atValue(at, fact(found, rules));
    };
  }

  private Problem unknown(JsonPointer at, JsonNode rules) {
    String name = at.last().getMatchingProperty();
    List<String> known = names(rules.path("properties"));
    if (texts(rules.path("x-notDriven")).contains(name)) {
      return file.atKey(at, notDriven(known, name));
    }
    return file.atKey(at, "there is no such setting." + NearestName.hint(name, known));
  }

  private String fact(ValidationMessage found, JsonNode rules) {
    JsonNode value = found.getInstanceNode();
    JsonNode wanted = found.getSchemaNode();
    return switch (found.getType()) {
      case "type" -> wrongType(wanted, value, rules);
      case "enum" -> choice(texts(wanted), value, rules);
      case "pattern" -> pattern(value, rules);
      case DurationKeyword.NAME ->
          "must be an ISO 8601 duration from %s to %s, such as %s, got %s"
              .formatted(
                  wanted.path("min").textValue(),
                  wanted.path("max").textValue(),
                  rules.path("default").asText("PT30S"),
                  got(value, rules));
      case "minimum", "maximum" ->
          "must be a number from %s to %s, got %s"
              .formatted(
                  rules.path("minimum").asText(), rules.path("maximum").asText(), value.asText());
      case "minItems" -> "must have at least one entry, got none";
      case "uniqueItems" -> "must not name the same entry twice";
      case "minLength" -> "must not be empty";
      case "maxLength" ->
          "must have at most " + wanted.asText() + " characters, got " + value.asText().length();
      case "minProperties", "maxProperties" -> one(names(rules.path("properties")), value);
      default -> "breaks the rule '" + found.getType() + "' of the schema";
    };
  }

  /** {@code manager: patroni} is of the wrong type, but its writer needs another message. */
  private static String wrongType(JsonNode wanted, JsonNode value, JsonNode rules) {
    if (rules.path("writeOnly").booleanValue()) {
      return pattern(value, rules);
    }
    String word = value.asText().split(" ", 2)[0];
    return texts(rules.path("x-notDriven")).contains(word)
        ? notDriven(names(rules.path("properties")), word)
        : "must be " + types(wanted) + title(rules) + ", got " + got(value, rules);
  }

  private static String choice(List<String> known, JsonNode value, JsonNode rules) {
    String text = value.asText();
    if (texts(rules.path("x-notDriven")).contains(text)) {
      return notDriven(known, text);
    }
    return "must be one of %s, got %s%s"
        .formatted(
            String.join(", ", known),
            got(value, rules),
            NearestName.of(text, known)
                .map(name -> ". HINT: did you mean '" + name + "'?")
                .orElse(""));
  }

  private static String pattern(JsonNode value, JsonNode rules) {
    String expected = "must be " + rules.path("x-expected").asText() + ", got ";
    return rules.path("writeOnly").booleanValue()
        ? expected
            + "something else, which is not repeated here. HINT: never write a secret itself into"
            + " this file; if this was one, change it."
        : expected + got(value, rules);
  }

  private static String one(List<String> known, JsonNode value) {
    List<String> given = names(value);
    String wanted = known.size() == 1 ? known.get(0) : "exactly one of " + String.join(", ", known);
    return "must have %s, got %s"
        .formatted(wanted, given.isEmpty() ? "none" : String.join(", ", given));
  }

  private static String notDriven(List<String> driven, String wanted) {
    return "this version drives %s, not %s".formatted(String.join(", ", driven), wanted);
  }

  private static String types(JsonNode wanted) {
    List<String> types = wanted.isArray() ? texts(wanted) : List.of(wanted.asText());
    return String.join(" or ", types.stream().map(SchemaProblems::type).toList());
  }

  private static String title(JsonNode rules) {
    String title = rules.path("title").asText();
    return rules.path("properties").isMissingNode() && !title.isEmpty() && !title.equals("text")
        ? " (" + title + ")"
        : "";
  }

  private static String type(String name) {
    return switch (name) {
      case "object" -> "a mapping (name: value)";
      case "array" -> "a list";
      case "string" -> "text";
      case "integer" -> "a whole number";
      case "boolean" -> "true or false";
      default -> name;
    };
  }

  private static String got(JsonNode value, JsonNode rules) {
    if (value.isNull()) {
      return "nothing";
    }
    if (value.isContainerNode()) {
      return value.isObject() ? type("object") : type("array");
    }
    if (rules.path("type").asText().equals("object")) {
      return value.isTextual() ? "text" : "a number or truth value";
    }
    String text = value.asText();
    return text.length() > LONGEST_QUOTE
        ? "text of " + text.length() + " characters"
        : (value.isTextual() ? "'" + text + "'" : text);
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
