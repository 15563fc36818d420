package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One setting of a cluster file: its place and its value. The typed readers are for files that
 * passed the schema.
 */
record Setting(LocatedYaml file, JsonPointer pointer, JsonNode node) {

  Setting at(String name) {
    return new Setting(file, pointer.appendProperty(name), node.path(name));
  }

  List<Setting> items() {
    List<Setting> items = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      items.add(new Setting(file, pointer.appendIndex(i), node.path(i)));
    }
    return items;
  }

  /** The names of the settings in it. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  boolean given() {
    return !node.isMissingNode();
  }

  /** Whether it is in the text; a given setting may also be a default. */
  boolean written() {
    return file.keys().containsKey(pointer);
  }

  String text() {
    return node.textValue();
  }

  int number() {
    return node.intValue();
  }

  long size() {
    return node.longValue();
  }

  boolean flag() {
    return node.booleanValue();
  }

  Duration duration() {
    return Duration.parse(text());
  }

  /** A path in its one spelling: no doubled and no trailing slashes. */
  String path() {
    return text().replaceAll("/+", "/").replaceAll("/$", "");
  }

  int line() {
    return problem("").line();
  }

  Problem problem(String message) {
    return file.atValue(pointer, message);
  }
}
