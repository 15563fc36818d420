package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A file that the schema refuses, as it was most likely meant: a mistyped name is the nearest one,
 * or left out if it is near none; a value that can't be is the one it is near, or the setting's
 * default; in the place of any other, and of what is missing, stands something that the schema
 * accepts and that nothing else in the file has. So what settings must fulfil together is reported
 * beside what the schema says, unless that is about what the rest of the file refers to: with the
 * hosts missing, each instance would be reported to be on an unknown one. A section near no known
 * one may stand for any that the file lacks; a problem reported then holds for each of them. No
 * cluster is ever made of such a file.
 */
final class MeantFile {
  /** The stand-in for a text; a problem about it concerns no text of the file. */
  private static final String STAND_IN = "stand-in-";

  /** Sections that others refer to, so that no stand-in is possible for them. */
  private static final Set<String> REFERRED_TO = Set.of("kind", "sites", "hosts", "instances");

  /** The same for settings of their entries. */
  private static final Set<String> OF_ENTRIES =
      Set.of("name", "id", "site", "content", "host", "role", "follows", "consume");

  /** The manager of the instances in a file that has a section of this name. */
  private static final String PATRONI = "patroni";

  /** A stand-in can lack settings of its own; no section is nested deeper. */
  private static final int ROUNDS = 8;

  private final ClusterFileSchema schema;
  private final LocatedYaml file;
  private final JsonNode root;
  private final List<String> guessed = new ArrayList<>();
  private boolean sectionLeftOut;

  private MeantFile(ClusterFileSchema schema, LocatedYaml file) {
    this.schema = schema;
    this.file = file;
    this.root = file.root().deepCopy();
  }

  /**
   * The problems that these checks find in it, except those about settings whose values were
   * guessed. Empty if a value can't be guessed.
   */
  static List<Problem> problems(
      ClusterFileSchema schema, LocatedYaml file, Function<Setting, List<Problem>> checks) {
    MeantFile meant = new MeantFile(schema, file);
    if (!meant.isGuessed()) {
      return List.of();
    }
    List<Problem> found = meant.found(checks);
    for (String section : meant.lackingSections()) {
      MeantFile with = new MeantFile(schema, file.with(meant.root));
      List<Problem> then = with.stoodInFor(section) ? with.found(checks) : found;
      found.removeIf(problem -> !then.contains(problem));
    }
    return found;
  }

  private List<Problem> found(Function<Setting, List<Problem>> checks) {
    List<Problem> found =
        new ArrayList<>(checks.apply(file.with(schema.withDefaults(root)).setting()));
    found.removeIf(problem -> problem.message().contains(STAND_IN));
    found.removeIf(problem -> guessed.stream().anyMatch(one -> isIn(one, problem.path())));
    return found;
  }

  /** The sections that an unknown section without a near name may be. */
  private List<String> lackingSections() {
    return sectionLeftOut
        ? SchemaProblems.names(schema.document().path("properties")).stream()
            .filter(name -> !file.root().has(name))
            .toList()
        : List.of();
  }

  private boolean stoodInFor(String section) {
    ObjectNode rules = schema.resolved(schema.document().path("properties").path(section));
    guessed.add(section);
    Optional<JsonNode> standIn = standIn(rules);
    if (!(root instanceof ObjectNode sections) || standIn.isEmpty()) {
      return false;
    }
    sections.set(section, standIn.get());
    if (standIn.get() instanceof ObjectNode object) {
      rules.path("properties").properties().stream()
          .filter(property -> !schema.resolved(property.getValue()).has("default"))
          .forEach(
              property ->
                  standIn(schema.resolved(property.getValue()))
                      .ifPresent(value -> object.set(property.getKey(), value)));
    }
    return isGuessed();
  }

  private static boolean isIn(String setting, String path) {
    return path.equals(setting) || path.startsWith(setting + ".") || path.startsWith(setting + "[");
  }

  /** Names first: the missing name may be the mistyped one. */
  private boolean isGuessed() {
    Set<ValidationMessage> found = schema.validate(root);
    for (int round = 0; round < ROUNDS && !found.isEmpty(); round++) {
      List<ValidationMessage> names = found.stream().filter(MeantFile::isOfName).toList();
      boolean isMeant =
          names.isEmpty()
              ? found.stream().allMatch(this::isReplaced)
              : names.stream().allMatch(this::isRenamed);
      if (!isMeant) {
        return false;
      }
      found = schema.validate(root);
    }
    return found.isEmpty();
  }

  private static boolean isOfName(ValidationMessage found) {
    return found.getType().equals("additionalProperties");
  }

  private static JsonPointer at(ValidationMessage found) {
    return JsonPointer.compile(found.getInstanceLocation().toString());
  }

  /** A nested section without a near name may be any section there. */
  private boolean isRenamed(ValidationMessage found) {
    JsonPointer at = at(found);
    if (!(root.at(at) instanceof ObjectNode object)) {
      return false;
    }
    String name = found.getProperty();
    JsonNode value = object.remove(name);
    Optional<String> near =
        NearestName.of(name, SchemaProblems.names(schema.ownerOf(found).path("properties")));
    sectionLeftOut |= near.isEmpty() && at.matches();
    near.ifPresent(
        meant -> {
          boolean isGiven = object.has(meant);
          if (value != null && !isGiven) {
            object.set(meant, value);
          }
          guessed.add(file.path(at.appendProperty(isGiven ? name : meant)));
        });
    return near.isPresent() || at.matches() || value == null || value.isValueNode();
  }

  private boolean isReplaced(ValidationMessage found) {
    JsonNode rules = schema.ownerOf(found);
    JsonPointer at = at(found);
    if (found.getType().equals("required")) {
      String name = found.getProperty();
      return isReplaced(at.appendProperty(name), rules.path("properties").path(name));
    }
    Optional<String> near =
        found.getType().equals("enum")
            ? NearestName.of(
                found.getInstanceNode().asText(), SchemaProblems.texts(found.getSchemaNode()))
            : Optional.empty();
    if (near.isPresent() && root.at(at.head()) instanceof ObjectNode object) {
      object.put(at.last().getMatchingProperty(), near.get());
      guessed.add(around(at));
      return true;
    }
    return isReplaced(at, rules);
  }

  /** The effects of a wrong value may be reported at the settings beside it. */
  private String around(JsonPointer at) {
    return file.path(at.head().matches() ? at : at.head());
  }

  private static boolean isReferredTo(JsonPointer at) {
    String name = at.last().getMatchingProperty();
    boolean isOfEntry = REFERRED_TO.contains(at.getMatchingProperty()) && OF_ENTRIES.contains(name);
    return at.toString().equals("/publish/site")
        || (at.head().matches() ? REFERRED_TO.contains(name) : isOfEntry);
  }

  /** The setting's default, or else a stand-in, which hides only problems of the setting itself. */
  private boolean isReplaced(JsonPointer at, JsonNode rules) {
    if (at.matches() || isReferredTo(at)) {
      return false;
    }
    Optional<JsonNode> standIn = standIn(schema.resolved(rules));
    if (root.at(at.head()) instanceof ArrayNode list) {
      standIn.ifPresent(value -> list.set(at.last().getMatchingIndex(), value));
      guessed.add(file.path(at));
      return standIn.isPresent();
    }
    if (!(root.at(at.head()) instanceof ObjectNode object)) {
      return false;
    }
    object.remove(at.last().getMatchingProperty());
    if (schema.resolved(rules).has("default")) {
      guessed.add(around(at));
      return true;
    }
    standIn.ifPresent(value -> object.set(at.last().getMatchingProperty(), value));
    // how many a list has is reported beside it
    boolean isList = standIn.filter(JsonNode::isArray).isPresent();
    guessed.add(isList ? around(at) : file.path(at));
    return standIn.isPresent();
  }

  /** A value of that kind which nothing else in a file has; empty if there is none. */
  private Optional<JsonNode> standIn(ObjectNode rules) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (rules.path("type").asText()) {
      case "object" -> {
        ObjectNode object = nodes.objectNode();
        if (rules.path("minProperties").asInt() > 0) {
          List<String> names = SchemaProblems.names(rules.path("properties"));
          String name = root.has(PATRONI) && names.contains(PATRONI) ? PATRONI : names.get(0);
          standIn(schema.resolved(rules.path("properties").path(name)))
              .ifPresent(value -> object.set(name, value));
        }
        yield Optional.of(object);
      }
      case "array" ->
          standIn(schema.resolved(rules.path("items"))).map(item -> nodes.arrayNode().add(item));
      case "integer" ->
          Optional.of(nodes.numberNode(rules.path("maximum").asInt() - guessed.size()));
      default -> text(rules).map(nodes::textNode);
    };
  }

  private Optional<String> text(ObjectNode rules) {
    String own = STAND_IN + guessed.size();
    return Stream.of(
            own, "/" + own, "env:" + own.replace('-', '_'), "https://" + own, "10.0.0.0/32")
        .filter(text -> text.matches(rules.path("pattern").asText(".*")))
        .filter(text -> !rules.has(DurationKeyword.NAME) && !rules.has("enum"))
        .findFirst()
        .or(() -> Optional.ofNullable(rules.path("enum").path(0).textValue()))
        .or(() -> Optional.ofNullable(rules.path(DurationKeyword.NAME).path("min").textValue()));
  }
}
