package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Parses YAML into a tree with places, and only the plain part of YAML: text that two parsers could
 * take for different values (022, yes, an alias, a setting given twice) never becomes a value here.
 */
final class LocatedYamlReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final YAMLFactory YAML = new YAMLFactory();
  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]*)");

  private final Map<JsonPointer, JsonLocation> keys = new HashMap<>();
  private final Map<JsonPointer, JsonLocation> values = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();

  private LocatedYamlReader() {}

  static LocatedYaml read(String text) {
    return new LocatedYamlReader().document(text);
  }

  private LocatedYaml document(String text) {
    JsonNode root = MissingNode.getInstance();
    try (YAMLParser parser = YAML.createParser(text)) {
      if (parser.nextToken() == null) {
        problems.add(new Problem(1, 1, "", "the file is empty"));
      } else {
        root = value(parser, JsonPointer.empty());
        if (parser.nextToken() != null) {
          JsonLocation second = parser.currentTokenLocation();
          report(second, "a second document begins here; a cluster file is one YAML document");
          root = MissingNode.getInstance();
        }
      }
    } catch (JsonProcessingException broken) {
      problems.add(notYaml(broken));
    } catch (IOException impossible) {
      throw new UncheckedIOException("a text in memory could not be read", impossible);
    }
    return new LocatedYaml(root, keys, values, List.copyOf(problems));
  }

  private JsonNode value(YAMLParser parser, JsonPointer at) throws IOException {
    JsonLocation place = parser.currentTokenLocation();
    values.put(at, place);
    if (parser.isCurrentAlias()) {
      report(place, "this is an alias; write the value itself, aliases are not followed");
    }
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return object(parser, at);
    }
    if (token == JsonToken.START_ARRAY) {
      return array(parser, at);
    }
    return scalar(parser, token);
  }

  private ObjectNode object(YAMLParser parser, JsonPointer at) throws IOException {
    ObjectNode object = NODES.objectNode();
    values.put(at, parser.currentTokenLocation());
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonPointer pointer = at.appendProperty(name);
      JsonLocation place = parser.currentTokenLocation();
      JsonLocation first = keys.putIfAbsent(pointer, place);
      if (first != null) {
        report(place, "'" + name + "' is given twice, first in line " + first.getLineNr());
      }
      parser.nextToken();
      object.set(name, value(parser, pointer));
    }
    return object;
  }

  private ArrayNode array(YAMLParser parser, JsonPointer at) throws IOException {
    ArrayNode array = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser, at.appendIndex(array.size())));
    }
    return array;
  }

  /** Numbers and truth values in one spelling only; every other spelling stays text. */
  private static JsonNode scalar(YAMLParser parser, JsonToken token) throws IOException {
    String text = parser.getText();
    if (token == JsonToken.VALUE_NULL) {
      return NODES.nullNode();
    }
    if (token.isBoolean() && (text.equals("true") || text.equals("false"))) {
      return NODES.booleanNode(text.equals("true"));
    }
    if (token == JsonToken.VALUE_NUMBER_INT && DECIMAL.matcher(text).matches()) {
      return NODES.numberNode(parser.getBigIntegerValue());
    }
    return NODES.textNode(text);
  }

  private void report(JsonLocation place, String message) {
    problems.add(new Problem(place.getLineNr(), place.getColumnNr(), "", message));
  }

  private static String context(MarkedYAMLException marked) {
    return marked.getContext() == null || marked.getContextMark() == null
        ? ""
        : ", " + marked.getContext() + " from line " + (marked.getContextMark().getLine() + 1);
  }

  /** The reader's own message quotes the line, which may hold a secret; its problem does not. */
  private static Problem notYaml(JsonProcessingException broken) {
    if (broken.getCause() instanceof MarkedYAMLException marked
        && marked.getProblemMark() != null) {
      return new Problem(
          marked.getProblemMark().getLine() + 1,
          marked.getProblemMark().getColumn() + 1,
          "",
          "this is not YAML: " + marked.getProblem() + context(marked));
    }
    JsonLocation place = broken.getLocation();
    return new Problem(
        place == null ? 1 : Math.max(1, place.getLineNr()),
        place == null ? 1 : Math.max(1, place.getColumnNr()),
        "",
        "this is not YAML that can be read. HINT: look for control characters, tags (!…) and texts"
            + " of millions of characters.");
  }
}
