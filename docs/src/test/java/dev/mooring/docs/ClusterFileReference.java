package dev.mooring.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.clusterfile.ClusterFileParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The tables of the reference page, rendered from the schema that validates: what the page says of
 * a setting is what the parser does with it.
 */
final class ClusterFileReference {
  private static final String SCHEMA = "cluster-file.schema.json";
  private static final String HEADER =
      """
      | Setting | Type | Default | Meaning |
      | --- | --- | --- | --- |
      """;

  private final JsonNode schema;
  private final StringBuilder page = new StringBuilder();

  private ClusterFileReference(JsonNode schema) {
    this.schema = schema;
  }

  /** All settings as Markdown: one table for those at the top, one for each section. */
  static String tables() {
    ClusterFileReference reference = new ClusterFileReference(schema());
    reference.render();
    return reference.page.toString();
  }

  private static JsonNode schema() {
    try (InputStream in = ClusterFileParser.class.getResourceAsStream(SCHEMA)) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** A schema node with what it refers to laid under it, so that its own words win. */
  private ObjectNode resolved(JsonNode node) {
    ObjectNode own = node.deepCopy();
    JsonNode reference = own.remove("$ref");
    if (reference == null) {
      return own;
    }
    ObjectNode whole = resolved(schema.at(reference.textValue().substring(1)));
    whole.setAll(own);
    return whole;
  }

  private void render() {
    JsonNode file = schema;
    page.append("### At the top\n\n").append(HEADER);
    for (Map.Entry<String, JsonNode> setting : file.path("properties").properties()) {
      if (!isSection(setting)) {
        row(setting.getKey(), resolved(setting.getValue()), required(file, setting));
      }
    }
    for (Map.Entry<String, JsonNode> section : file.path("properties").properties()) {
      if (isSection(section)) {
        section(section.getKey(), resolved(section.getValue()), required(file, section));
      }
    }
  }

  private boolean isSection(Map.Entry<String, JsonNode> setting) {
    ObjectNode rules = resolved(setting.getValue());
    return rules.has("properties") || rules.has("items");
  }

  private static boolean required(JsonNode rules, Map.Entry<String, JsonNode> setting) {
    return StreamSupport.stream(rules.path("required").spliterator(), false)
        .anyMatch(name -> name.asText().equals(setting.getKey()));
  }

  private void section(String name, ObjectNode rules, boolean required) {
    page.append("\n### %s\n\n".formatted(name))
        .append(rules.path("description").asText())
        .append(required ? " Required.\n\n" : "\n\n")
        .append(HEADER);
    boolean list = rules.has("items");
    settings(name + (list ? "[]." : "."), list ? resolved(rules.path("items")) : rules);
  }

  private void settings(String prefix, ObjectNode rules) {
    for (Map.Entry<String, JsonNode> setting : rules.path("properties").properties()) {
      ObjectNode own = resolved(setting.getValue());
      String name = prefix + setting.getKey();
      boolean needed = required(rules, setting);
      boolean nested = own.has("properties") && !own.has("title");
      if (!nested || isChoice(own)) {
        row(name, own, needed);
      }
      if (nested) {
        settings(name + ".", own);
      }
      if (own.path("items").has("properties")) {
        settings(name + "[].", resolved(own.path("items")));
      }
    }
  }

  /** An object of which exactly one member is given. */
  private static boolean isChoice(ObjectNode rules) {
    return rules.path("maxProperties").asInt() == 1;
  }

  private void row(String name, ObjectNode rules, boolean required) {
    page.append(
        "| `%s` | %s | %s | %s |\n"
            .formatted(
                name,
                cell(type(rules)),
                cell(whenLeftOut(rules, required)),
                cell(rules.path("description").asText())));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  private String type(ObjectNode rules) {
    if (rules.has("enum")) {
      return joined(rules.path("enum"));
    }
    if (rules.path("writeOnly").booleanValue()) {
      return rules.path("title").asText() + ": " + rules.path("x-expected").asText();
    }
    if (isChoice(rules)) {
      String members =
          rules.path("properties").properties().stream()
              .map(member -> "`" + member.getKey() + "`")
              .collect(Collectors.joining(" or "));
      return rules.path("type").isArray() ? "`none`, " + members : members;
    }
    if (rules.has("items")) {
      return "list of " + type(resolved(rules.path("items"))) + "s";
    }
    if (rules.has("x-duration")) {
      JsonNode limits = rules.path("x-duration");
      return "duration, %s to %s"
          .formatted(limits.path("min").asText(), limits.path("max").asText());
    }
    if (rules.has("minimum")) {
      return "number, %s to %s"
          .formatted(rules.path("minimum").asText(), rules.path("maximum").asText());
    }
    if (rules.path("type").asText().equals("boolean")) {
      return "`true` or `false`";
    }
    return rules.path("title").asText("text");
  }

  private static String joined(JsonNode words) {
    return StreamSupport.stream(words.spliterator(), false)
        .map(word -> "`" + word.asText() + "`")
        .collect(Collectors.joining(", "));
  }

  private static String whenLeftOut(ObjectNode rules, boolean required) {
    if (required) {
      return "required";
    }
    if (rules.has("x-default")) {
      return rules.path("x-default").asText();
    }
    return rules.has("default") ? "`" + rules.path("default").asText() + "`" : "-";
  }
}
