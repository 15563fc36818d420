package dev.mooring.clusterfile;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.PathType;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.regex.RegularExpression;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The JSON Schema of the cluster file: the one place with all settings, their permitted values,
 * meanings and defaults. Loaded at its first use.
 *
 * <p>Keywords of its own: {@code x-duration} (limits of an ISO 8601 duration), {@code x-expected}
 * (a pattern in words), {@code x-notDriven} (words that name what other versions may drive), {@code
 * x-default} (a default that depends on other settings, in words).
 */
final class ClusterFileSchema {
  private static final String RESOURCE = "cluster-file.schema.json";

  private final JsonNode document;
  private final JsonSchema validator;

  private ClusterFileSchema(JsonNode document) {
    this.document = document;
    JsonMetaSchema vocabulary =
        JsonMetaSchema.builder(JsonMetaSchema.getV202012())
            .keyword(new DurationKeyword())
            .keyword(new NonValidationKeyword("x-expected"))
            .keyword(new NonValidationKeyword("x-notDriven"))
            .keyword(new NonValidationKeyword("x-default"))
            .build();
    this.validator =
        JsonSchemaFactory.getInstance(
                VersionFlag.V202012, factory -> factory.metaSchema(vocabulary))
            .getSchema(
                document,
                SchemaValidatorsConfig.builder()
                    .pathType(PathType.JSON_POINTER)
                    .regularExpressionFactory(ClusterFileSchema::whole)
                    .build());
  }

  /** The patterns match whole texts; Java's $ alone would accept a line break after them. */
  private static RegularExpression whole(String regex) {
    Pattern pattern = Pattern.compile(regex);
    return text -> pattern.matcher(text).matches();
  }

  /** The schema, loaded once, at the first request. */
  static ClusterFileSchema get() {
    return Loaded.SCHEMA;
  }

  Set<ValidationMessage> validate(JsonNode file) {
    return validator.validate(file);
  }

  JsonNode document() {
    return document;
  }

  /** The schema node that holds the keyword a message is about. */
  JsonNode ownerOf(ValidationMessage message) {
    return document.at(
        JsonPointer.compile(message.getSchemaLocation().getFragment().toString()).head());
  }

  /** A schema node merged with the node it refers to; its own keywords win. */
  ObjectNode resolved(JsonNode schema) {
    ObjectNode own = schema.deepCopy();
    JsonNode reference = own.remove("$ref");
    if (reference == null) {
      return own;
    }
    ObjectNode whole = resolved(document.at(reference.textValue().substring(1)));
    whole.setAll(own);
    return whole;
  }

  /** The file with the default of every setting that was left out. */
  JsonNode withDefaults(JsonNode file) {
    JsonNode filled = file.deepCopy();
    fill(filled, document);
    return filled;
  }

  private void fill(JsonNode value, JsonNode schema) {
    ObjectNode rules = resolved(schema);
    if (value instanceof ArrayNode items) {
      items.forEach(item -> fill(item, rules.path("items")));
    }
    if (value instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> property : rules.path("properties").properties()) {
        JsonNode left = resolved(property.getValue()).path("default");
        if (!object.has(property.getKey()) && !left.isMissingNode()) {
          object.set(property.getKey(), left.deepCopy());
        }
        if (object.has(property.getKey())) {
          fill(object.path(property.getKey()), property.getValue());
        }
      }
    }
  }

  private static final class Loaded {
    static final ClusterFileSchema SCHEMA = new ClusterFileSchema(read());

    private static JsonNode read() {
      try (InputStream in = ClusterFileSchema.class.getResourceAsStream(RESOURCE)) {
        return new ObjectMapper().readTree(Objects.requireNonNull(in, RESOURCE));
      } catch (IOException broken) {
        throw new UncheckedIOException(RESOURCE + " of this program can't be read", broken);
      }
    }
  }
}
