package dev.mooring.clusterfile;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.AbstractJsonValidator;
import com.networknt.schema.AbstractKeyword;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.JsonNodePath;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonValidator;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.ValidationContext;
import com.networknt.schema.ValidationMessage;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Set;

/**
 * The schema keyword {@code x-duration}: an ISO 8601 duration between {@code min} and {@code max}.
 */
final class DurationKeyword extends AbstractKeyword {
  static final String NAME = "x-duration";

  DurationKeyword() {
    super(NAME);
  }

  /** Whether a text is such a duration, between the limits that the schema node gives. */
  static boolean allows(JsonNode limits, String text) {
    try {
      Duration duration = Duration.parse(text);
      return duration.compareTo(Duration.parse(limits.path("min").textValue())) >= 0
          && duration.compareTo(Duration.parse(limits.path("max").textValue())) <= 0;
    } catch (DateTimeParseException notDuration) {
      return false;
    }
  }

  @Override
  public JsonValidator newValidator(
      SchemaLocation schemaLocation,
      JsonNodePath evaluationPath,
      JsonNode limits,
      JsonSchema parent,
      ValidationContext context) {
    return new Limits(schemaLocation, evaluationPath, this, limits);
  }

  private static final class Limits extends AbstractJsonValidator {
    private final JsonNode limits;

    Limits(
        SchemaLocation schemaLocation,
        JsonNodePath evaluationPath,
        DurationKeyword keyword,
        JsonNode limits) {
      super(schemaLocation, evaluationPath, keyword, limits);
      this.limits = limits;
    }

    @Override
    public Set<ValidationMessage> validate(
        ExecutionContext context, JsonNode value, JsonNode root, JsonNodePath place) {
      if (!value.isTextual() || allows(limits, value.textValue())) {
        return Set.of();
      }
      return Set.of(
          ValidationMessage.builder()
              .type(NAME)
              .code(NAME)
              .instanceLocation(place)
              .instanceNode(value)
              .schemaLocation(getSchemaLocation())
              .schemaNode(limits)
              .evaluationPath(getEvaluationPath())
              .message("a duration outside its limits")
              .build());
    }
  }
}
