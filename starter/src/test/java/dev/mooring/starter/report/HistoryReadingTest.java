package dev.mooring.starter.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.mooring.runbook.StoredHistories;
import dev.mooring.starter.report.HistoryFacts.Kept;
import dev.mooring.starter.report.HistoryFacts.Message;
import dev.mooring.starter.report.HistoryFacts.Source;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionSignaledEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionUpdateAcceptedEventAttributes;
import io.temporal.api.update.v1.Input;
import io.temporal.api.update.v1.Meta;
import io.temporal.api.update.v1.Request;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Messages as other programs send them: the Web UI, {@code temporal workflow signal}, scripts. */
class HistoryReadingTest {
  private static final String SENDER = "temporal-cli:ann@desk";

  @Test
  void a_message_without_arguments_is_told_with_its_sender() {
    assertThat(reported(Payloads.getDefaultInstance()))
        .allSatisfy(message -> assertThat(message.words()).isEmpty())
        .allSatisfy(message -> assertThat(message.by()).isEqualTo(SENDER))
        .extracting(Message::kind)
        .containsExactly("decideBySignal", "decide");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "binary/null | | ''",
        "binary/plain | a word | not readable",
        "binary/encrypted | \u0001\u0002 | not readable",
        "json/protobuf | {\"a\":1} | not readable",
        "binary/protobuf | a | not readable",
        "json/plain | {\"decision\": | not readable",
        "json/plain | '' | ''",
        "json/plain | \"a word\" | a word",
        "json/plain | 7 | 7",
        "json/plain | null | ''",
        "json/plain | [\"a\",1] | [\"a\",1]",
        "json/plain | {\"decision\":{\"a\":1}} | {\"a\":1}",
        "json/plain | {\"other\":1} | {\"other\":1}",
        "json/plain | {\"decision\":\"reject\",\"by\":null} | reject",
        "'' | a | not readable",
      })
  void a_message_in_any_encoding_is_told_as_far_as_it_can_be_read(
      String encoding, String data, String words) {
    Payload.Builder payload = Payload.newBuilder();
    if (!encoding.isEmpty()) {
      payload.putMetadata("encoding", ByteString.copyFromUtf8(encoding));
    }
    if (data != null) {
      payload.setData(ByteString.copyFromUtf8(data));
    }

    assertThat(reported(Payloads.newBuilder().addPayloads(payload).build()))
        .hasSize(2)
        .allSatisfy(message -> assertThat(message.words()).isEqualTo(words))
        .allSatisfy(message -> assertThat(message.by()).isEqualTo(SENDER));
  }

  /** What is told of a signal and of an update with that input. */
  private static List<Message> reported(Payloads input) {
    History.Builder history =
        History.newBuilder()
            .addEvents(StoredHistories.of("consume/completed").getEvents().get(0))
            .addEvents(
                HistoryEvent.newBuilder()
                    .setEventId(2)
                    .setEventType(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED)
                    .setWorkflowExecutionSignaledEventAttributes(
                        WorkflowExecutionSignaledEventAttributes.newBuilder()
                            .setSignalName("decideBySignal")
                            .setInput(input)
                            .setIdentity(SENDER)))
            .addEvents(
                HistoryEvent.newBuilder()
                    .setEventId(3)
                    .setEventType(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
                    .setWorkflowExecutionUpdateAcceptedEventAttributes(
                        WorkflowExecutionUpdateAcceptedEventAttributes.newBuilder()
                            .setAcceptedRequest(
                                Request.newBuilder()
                                    .setMeta(Meta.newBuilder().setIdentity(SENDER))
                                    .setInput(
                                        Input.newBuilder().setName("decide").setArgs(input)))));
    return HistoryReading.of(
            new WorkflowExecutionHistory(history.build()), new Source(Kept.TEMPORAL, "here", ""))
        .messages();
  }
}
