package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** A document whose values would take many times the memory of its bytes. */
class JsonLimitsTest {
  @Test
  void one_of_empty_objects_without_end_is_refused_before_it_fills_the_memory() {
    JsonLimits.set();
    String text = "[" + "{},".repeat(JsonLimits.TOKENS_AT_MOST / 2) + "{}]";
    assertThatThrownBy(() -> new ObjectMapper().readTree(text))
        .isInstanceOf(StreamConstraintsException.class);
  }
}
