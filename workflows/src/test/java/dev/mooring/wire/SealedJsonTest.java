package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SealedJsonTest {
  /** Who writes to a directory store may link a document to a secret of the worker. */
  @Test
  void what_is_no_json_is_not_repeated() {
    assertThatThrownBy(() -> SealedJson.parse("\n  secret".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(UnreadableField.class)
        .satisfies(
            refusal ->
                assertThat(((UnreadableField) refusal).sentence())
                    .isEqualTo("the document is no JSON: line 2"));
  }
}
