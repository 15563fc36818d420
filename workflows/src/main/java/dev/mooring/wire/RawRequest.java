package dev.mooring.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * A runbook's input as it was typed. Any JSON is taken here, so that a typing error reaches {@link
 * RequestReader}, which fails the run with a sentence, instead of Temporal's converter, which would
 * try again for ever.
 */
public record RawRequest(@JsonValue JsonNode json) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RawRequest {}
}
