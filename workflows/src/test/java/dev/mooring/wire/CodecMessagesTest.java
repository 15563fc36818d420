package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.topology.InstanceId;
import io.temporal.api.common.v1.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecMessagesTest {
  private static final int AT_MOST = 2_000_000;
  private static final Payload LARGE = payload("west-0 says the same again; ".repeat(20_000));
  private static final Payload SMALL = payload("west-0 says little");

  private static Payload payload(String message) {
    return RunbookDataConverter.create()
        .toPayload(new InstanceFailure(new InstanceId("west-0"), FailureCode.HOST_REFUSED, message))
        .orElseThrow();
  }

  /** As Temporal's Web UI sends them. */
  private static byte[] message(Payload... payloads) {
    return List.of(payloads).stream()
        .map(
            one ->
                "{\"metadata\":{\"encoding\":\"%s\"},\"data\":\"%s\"}"
                    .formatted(
                        base64(one.getMetadataOrThrow("encoding").toByteArray()),
                        base64(one.getData().toByteArray())))
        .collect(Collectors.joining(",", "{\"payloads\":[", "]}"))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void a_packed_payload_is_answered_as_it_was_and_the_others_as_they_came() {
    assertThat(LARGE.getMetadataOrThrow("encoding").toStringUtf8())
        .isEqualTo("binary/mooring-deflate");
    Payload plain = new LargePayloads().decode(List.of(LARGE)).get(0);

    assertThat(
            new String(
                CodecMessages.decoded(message(SMALL, LARGE), AT_MOST), StandardCharsets.UTF_8))
        .isEqualTo(new String(message(SMALL, plain), StandardCharsets.UTF_8));
  }

  @Test
  void what_is_typed_stays_as_it_is() {
    assertThat(CodecMessages.encoded(message(SMALL))).isEqualTo(message(SMALL));
  }

  @Test
  void few_bytes_that_stand_for_many_are_refused_one_by_one_and_together() {
    assertThatThrownBy(() -> CodecMessages.decoded(message(LARGE), 100_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no payloads of at most 100000 B that can be read");
    byte[] four = message(LARGE, LARGE, LARGE, LARGE);
    assertThatThrownBy(() -> CodecMessages.decoded(four, AT_MOST))
        .hasMessageStartingWith("no payloads of at most 2000000 B");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "what?",
        "[]",
        "{}",
        "{\"payloads\":{}}",
        "{\"payloads\":[{\"metadata\":{\"encoding\":\"binary/mooring-deflate\"}}]}",
        "{\"payloads\":[{\"metadata\":{\"encoding\":\"YmluYXJ5L21vb3JpbmctZGVmbGF0ZQ==\"},"
            + "\"data\":\"AAAA\"}]}"
      })
  void what_is_no_such_message_is_refused_with_a_sentence(String text) {
    assertThatThrownBy(() -> CodecMessages.decoded(text.getBytes(StandardCharsets.UTF_8), AT_MOST))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no payloads of at most");
  }
}
