package dev.mooring.runbook.watch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.time.Instant;
import java.util.List;

/**
 * The last notice of a diagnosis.
 *
 * @param diagnosis the diagnosis in the notice that it began
 * @param over whether the last notice was that it is over
 * @param overAt when a notice was last sent that it is over: once, or never
 */
public record NoticeSent(
    Diagnosis diagnosis,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean over,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
        List<Instant> overAt) {
  public NoticeSent {
    overAt = List.copyOf(overAt);
  }
}
