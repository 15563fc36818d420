package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Map;

/**
 * A YAML text as a tree in which every setting has its line and column.
 *
 * @param root the tree; missing if the text has none of its own
 * @param keys the place of each setting's name
 * @param values the place of each setting's value
 * @param problems what no tree can express: broken YAML, a setting given twice, an alias
 */
record LocatedYaml(
    JsonNode root,
    Map<JsonPointer, JsonLocation> keys,
    Map<JsonPointer, JsonLocation> values,
    List<Problem> problems) {

  Setting setting() {
    return new Setting(this, JsonPointer.empty(), root);
  }

  /** The same text with another tree, which has the defaults filled in. */
  LocatedYaml with(JsonNode tree) {
    return new LocatedYaml(tree, keys, values, problems);
  }

  Problem atValue(JsonPointer pointer, String message) {
    return problem(values, pointer, message);
  }

  Problem atKey(JsonPointer pointer, String message) {
    return problem(keys, pointer, message);
  }

  /** A setting that is not in the text is reported at the nearest setting around it. */
  private Problem problem(
      Map<JsonPointer, JsonLocation> places, JsonPointer pointer, String message) {
    JsonLocation place = places.get(pointer);
    JsonPointer around = pointer;
    while (place == null && !around.matches()) {
      around = around.head();
      place = values.get(around);
    }
    int line = place == null ? 1 : place.getLineNr();
    int column = place == null ? 1 : place.getColumnNr();
    return new Problem(line, column, path(pointer), message);
  }

  /** A pointer as people write it: {@code /instances/3/port} is {@code instances[3].port}. */
  String path(JsonPointer pointer) {
    StringBuilder path = new StringBuilder();
    JsonNode node = root;
    for (JsonPointer rest = pointer; !rest.matches(); rest = rest.tail()) {
      if (node.isArray()) {
        path.append('[').append(rest.getMatchingIndex()).append(']');
        node = node.path(rest.getMatchingIndex());
      } else {
        path.append(path.isEmpty() ? "" : ".").append(rest.getMatchingProperty());
        node = node.isObject() ? node.path(rest.getMatchingProperty()) : MissingNode.getInstance();
      }
    }
    return path.toString();
  }
}
