package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import dev.mooring.runbook.consume.ConsumeResult;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What a thousand instances on 64 hosts leave in histories. It needs a core of its own. */
@Isolated
class LargeFleetWorkflowTest {
  private static final int INSTANCES = 1_000;
  private static final int ON_A_HOST = 16;
  private static final int EVENTS_BELOW = 10_000;
  private static final int PAYLOAD_AT_MOST = 500_000;

  /** The encoding of a packed payload as a history's JSON has it. */
  private static final String PACKED =
      Base64.getEncoder()
          .withoutPadding()
          .encodeToString("binary/mooring-deflate".getBytes(StandardCharsets.UTF_8));

  /** An event holds its payloads, so none of them is larger than it. */
  @Test
  void a_publish_and_a_consume_stay_within_what_temporal_bears() {
    try (TestBed bed = new TestBed(Harbour.cluster(INSTANCES, ON_A_HOST))) {
      String point = bed.publish(Typed.json("{'cluster':'harbour'}")).restorePoint();
      ConsumeResult consumed = bed.consume(Typed.json("{'cluster':'harbour','site':'west'}"));

      assertThat(consumed.restorePoint()).isEqualTo(point);
      for (String run : List.of("publish", "consume")) {
        String history = bed.history(run);
        assertThat(history).as("some payloads of " + run + " had to be packed").contains(PACKED);
        List<HistoryEvent> events = WorkflowExecutionHistory.fromJson(history).getEvents();
        assertThat(events).as(run).hasSizeBetween(64, EVENTS_BELOW - 1);
        assertThat(events)
            .allSatisfy(
                event ->
                    assertThat(event.getSerializedSize())
                        .as("%s event %d %s", run, event.getEventId(), event.getEventType())
                        .isLessThanOrEqualTo(PAYLOAD_AT_MOST));
      }
    }
  }
}
