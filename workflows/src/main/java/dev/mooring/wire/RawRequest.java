package dev.mooring.wire;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * A runbook's input as it was typed. Any JSON is accepted here, so that a typing error reaches
 * {@link RequestReader}, which fails the run with a message; Temporal's converter would retry
 * forever.
 */
public record RawRequest(@JsonValue JsonNode json) {

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public RawRequest {}
}
