package dev.mooring.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.wire.RunbookDataConverter;

/**
 * A value with one of its parts changed, by way of its JSON: what a decision table needs to show
 * one branch at a time.
 */
public final class Altered {
  private static final ObjectMapper JSON = RunbookDataConverter.mapper();

  private Altered() {}

  /**
   * The same value with one part replaced.
   *
   * @param path names and indexes joined by dots, such as {@code control.state} or {@code
   *     records.0.end}; it must be there
   */
  public static <T> T of(T value, String path, Object part) {
    JsonNode tree = JSON.valueToTree(value);
    String[] names = path.split("\\.", -1);
    JsonNode parent = tree;
    for (int i = 0; i < names.length - 1; i++) {
      parent = child(parent, names[i], path);
    }
    String last = names[names.length - 1];
    child(parent, last, path);
    if (parent instanceof ArrayNode array) {
      array.set(Integer.parseInt(last), JSON.<JsonNode>valueToTree(part));
    } else {
      ((ObjectNode) parent).set(last, JSON.<JsonNode>valueToTree(part));
    }
    try {
      @SuppressWarnings("unchecked")
      Class<T> type = (Class<T>) value.getClass();
      return JSON.treeToValue(tree, type);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(path + " of " + value + " can't be " + part, e);
    }
  }

  private static JsonNode child(JsonNode parent, String name, String path) {
    JsonNode child = parent.isArray() ? parent.path(Integer.parseInt(name)) : parent.path(name);
    if (child.isMissingNode()) {
      throw new IllegalArgumentException("no " + name + " of " + path + " in " + parent);
    }
    return child;
  }
}
