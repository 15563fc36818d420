package dev.mooring.runbook.failover;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.runbook.Typed;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailoverRequestTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'from':'east-0'",
        "'lost':'east-0 is lost: burnt'",
        "'overrides':'excluded'",
        "'digest':'0123456789ab'"
      })
  void what_only_a_person_may_say_is_not_taken_from_a_hook_or_a_watch(String said) {
    for (String by : List.of("hook x", "watch.reactions.failover")) {
      String json =
          "{'cluster':'strait','mode':'execute','reason':'x','by':'" + by + "'," + said + "}";
      assertThatThrownBy(() -> FailoverRequest.of(Typed.json(json)))
          .hasMessageContaining("by: '" + by + "' is no person");
    }
  }

  /** The persons whom its approval needs are read from its last words. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'by':'ann','lost':'burnt, overriding second-person'",
        "'by':'ann, overriding second-person','lost':'burnt'"
      })
  void no_text_of_it_reads_as_an_override(String said) {
    assertThatThrownBy(
            () -> FailoverRequest.of(Typed.json("{'cluster':'strait','mode':'plan'," + said + "}")))
        .hasMessageContaining("by, lost: may not contain ', overriding '");
  }
}
