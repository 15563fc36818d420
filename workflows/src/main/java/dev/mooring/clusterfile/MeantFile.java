package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A file that the schema refuses, as it was most likely meant: a mistyped name is the nearest one,
 * or left out if it is near none; a value that can't be is the one it is near, the setting's
 * default, or a number that no other has. So what settings must fulfil together is said beside what
 * the schema says, unless a section has a name near no known one, or a value has no such stand-in:
 * what these stand for can't be guessed. No cluster is ever made of such a file.
 */
final class MeantFile {
  /** Settings of which any number will do that no other has. */
  private static final Set<String> NUMBERED = Set.of("port", "dbid");

  private final ClusterFileSchema schema;
  private final LocatedYaml file;
  private final JsonNode root;
  private final List<String> guessed = new ArrayList<>();

  private MeantFile(ClusterFileSchema schema, LocatedYaml file) {
    this.schema = schema;
    this.file = file;
    this.root = file.root().deepCopy();
  }

  /**
   * What these checks find in it, but for what is said of settings whose values were guessed.
   * Nothing where a name or a value can't be guessed.
   */
  static List<Problem> problems(
      ClusterFileSchema schema, LocatedYaml file, Function<Setting, List<Problem>> checks) {
    MeantFile meant = new MeantFile(schema, file);
    if (!schema.validate(file.root()).stream().allMatch(meant::mend)
        || !schema.validate(meant.root).isEmpty()) {
      return List.of();
    }
    return checks.apply(file.with(schema.withDefaults(meant.root)).setting()).stream()
        .filter(problem -> meant.guessed.stream().noneMatch(one -> isIn(one, problem.path())))
        .toList();
  }

  private static boolean isIn(String setting, String path) {
    return path.equals(setting) || path.startsWith(setting + ".") || path.startsWith(setting + "[");
  }

  /** Whether the reason of that message is gone, or is once those of others are. */
  private boolean mend(ValidationMessage found) {
    JsonPointer at = JsonPointer.compile(found.getInstanceLocation().toString());
    return switch (found.getType()) {
      case "additionalProperties" -> rename(at, found);
      case "required", "minProperties", "maxProperties" -> true;
      case "enum" ->
          NearestName.of(
                  found.getInstanceNode().asText(), SchemaProblems.texts(found.getSchemaNode()))
              .filter(near -> replace(at, near))
              .isPresent();
      default -> replace(at, "") && (isDefaulted(at) || isNumbered(at, found));
    };
  }

  private boolean rename(JsonPointer at, ValidationMessage found) {
    if (root.at(at) instanceof ObjectNode object) {
      String name = found.getProperty();
      Optional<String> near =
          NearestName.of(name, SchemaProblems.names(schema.ownerOf(found).path("properties")));
      if (near.isEmpty()) {
        return object.path(name).isValueNode() && object.remove(name) != null;
      }
      JsonNode value = object.remove(name);
      boolean isGiven = object.has(near.get());
      if (value != null && !isGiven) {
        object.set(near.get(), value);
      }
      guessed.add(file.path(at.appendProperty(isGiven ? name : near.get())));
    }
    return true;
  }

  /** Puts that text in the place of a setting, or nothing. */
  private boolean replace(JsonPointer at, String text) {
    if (at.matches() || !(root.at(at.head()) instanceof ObjectNode object)) {
      return false;
    }
    String name = at.last().getMatchingProperty();
    if (text.isEmpty()) {
      object.remove(name);
    } else {
      object.put(name, text);
    }
    guessed.add(file.path(at.head().matches() ? at : at.head()));
    return true;
  }

  /** Puts a number in its place that nothing else in a file has, and that hides only itself. */
  private boolean isNumbered(JsonPointer at, ValidationMessage found) {
    JsonNode most = schema.ownerOf(found).path("maximum");
    String name = at.last().getMatchingProperty();
    if (!NUMBERED.contains(name)
        || !most.isIntegralNumber()
        || !(root.at(at.head()) instanceof ObjectNode object)) {
      return false;
    }
    object.put(name, most.intValue() - guessed.size());
    guessed.set(guessed.size() - 1, file.path(at));
    return true;
  }

  private boolean isDefaulted(JsonPointer at) {
    return !schema.withDefaults(root).at(at).isMissingNode();
  }
}
