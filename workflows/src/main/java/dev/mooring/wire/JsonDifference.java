package dev.mooring.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Optional;

/**
 * Where a document differs from what its own content would be written as: an unknown field, or a
 * derived field that contradicts the others.
 */
final class JsonDifference {

  /** How fields that this version never writes are treated. */
  enum Unknown {
    REFUSED,
    TOLERATED
  }

  private final Unknown unknown;

  private JsonDifference(Unknown unknown) {
    this.unknown = unknown;
  }

  /** Refuses a document that differs, naming the first field. */
  static void refuse(ObjectNode written, ObjectNode document, Unknown unknown) {
    new JsonDifference(unknown)
        .first("", SealedJson.parse(SealedJson.canonical(written)), document)
        .ifPresent(
            difference -> {
              throw new UnreadableField(difference);
            });
  }

  private Optional<String> first(String path, JsonNode written, JsonNode document) {
    if (written.isObject() && document.isObject()) {
      return firstField(path, written, document);
    }
    if (written.isArray() && document.isArray() && written.size() == document.size()) {
      return firstElement(path, written, document);
    }
    return written.equals(document)
        ? Optional.empty()
        : Optional.of("field " + path + " says " + document + ", the rest says " + written);
  }

  private Optional<String> firstField(String path, JsonNode written, JsonNode document) {
    String prefix = path.isEmpty() ? "" : path + ".";
    for (Iterator<String> names = written.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      JsonNode value = document.get(name);
      Optional<String> difference =
          value == null
              ? Optional.of("field " + prefix + name + " is missing")
              : first(prefix + name, written.get(name), value);
      if (difference.isPresent()) {
        return difference;
      }
    }
    for (Iterator<String> names = document.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!written.has(name) && unknown == Unknown.REFUSED) {
        return Optional.of("field " + prefix + name + " is unknown");
      }
    }
    return Optional.empty();
  }

  private Optional<String> firstElement(String path, JsonNode written, JsonNode document) {
    for (int i = 0; i < written.size(); i++) {
      Optional<String> difference = first(path + "[" + i + "]", written.get(i), document.get(i));
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }
}
