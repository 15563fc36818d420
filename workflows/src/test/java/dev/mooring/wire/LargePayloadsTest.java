package dev.mooring.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.mooring.port.FailureCode;
import dev.mooring.port.InstanceFailure;
import dev.mooring.topology.InstanceId;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import io.temporal.payload.codec.PayloadCodecException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LargePayloadsTest {
  private static final DataConverter CONVERTER = RunbookDataConverter.create();

  @Test
  void a_payload_that_is_small_enough_can_be_read_in_a_history() {
    Payload payload = payload("x".repeat(LargePayloads.PLAIN_AT_MOST / 2));
    assertThat(payload.getData().toStringUtf8()).startsWith("{\"").contains("xxx");
  }

  @Test
  void a_large_one_is_packed_and_comes_back_as_it_was() {
    String message = "postgres 15 says the same again; ".repeat(40_000);
    Payload payload = payload(message);
    assertThat(payload.getSerializedSize()).isLessThan(message.length() / 20);
    InstanceFailure read =
        CONVERTER.fromPayload(payload, InstanceFailure.class, InstanceFailure.class);
    assertThat(read.message()).isEqualTo(message);
  }

  @Test
  void one_that_was_cut_is_refused() {
    Payload whole = payload("y".repeat(2 * LargePayloads.PLAIN_AT_MOST));
    ByteString half = whole.getData().substring(0, whole.getData().size() / 2);
    LargePayloads codec = new LargePayloads();
    assertThatThrownBy(() -> codec.decode(List.of(whole.toBuilder().setData(half).build())))
        .isInstanceOf(PayloadCodecException.class);
  }

  /** A writer to the namespace could otherwise end each worker that takes the task. */
  @Test
  void a_small_one_that_unpacks_to_more_than_any_is_refused() {
    ByteString plain = ByteString.copyFrom(new byte[LargePayloads.UNPACKED_AT_MOST]);
    List<Payload> packed =
        new LargePayloads().encode(List.of(Payload.newBuilder().setData(plain).build()));
    assertThat(packed.get(0).getSerializedSize()).isLessThan(1_000_000);
    assertThatThrownBy(() -> new LargePayloads().decode(packed))
        .isInstanceOf(PayloadCodecException.class);
  }

  private static Payload payload(String message) {
    return CONVERTER
        .toPayload(new InstanceFailure(new InstanceId("west-0"), FailureCode.HOST_REFUSED, message))
        .orElseThrow();
  }
}
