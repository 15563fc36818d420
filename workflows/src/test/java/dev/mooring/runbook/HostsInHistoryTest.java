package dev.mooring.runbook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mooring.fake.Harbour;
import dev.mooring.fake.TestBed;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the Web UI shows of the work on a host of several instances. */
class HostsInHistoryTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** Each activity that was asked of more than one, by its type, and of how many. */
  private final List<Map.Entry<String, Integer>> asked = new ArrayList<>();

  private final List<Map.Entry<String, Integer>> answered = new ArrayList<>();
  private final List<String> summaries = new ArrayList<>();

  @Test
  void the_result_of_an_activity_has_an_entry_for_each_instance_of_its_host()
      throws JsonProcessingException {
    try (TestBed bed = new TestBed(Harbour.cluster(4, 4))) {
      bed.publish(Typed.json("{'cluster':'harbour'}"));
      bed.consume(Typed.json("{'cluster':'harbour','site':'west'}"));
      bed.status(Typed.json("{'cluster':'harbour'}"));
      read(bed.client().fetchHistory("publish").getEvents());
      read(bed.client().fetchHistory("consume").getEvents());
      read(bed.client().fetchHistory("status").getEvents());
    }
    assertThat(asked)
        .extracting(Map.Entry::getKey)
        .contains("AwaitArchived", "EnsureTarget", "AwaitParked");
    assertThat(answered).isEqualTo(asked);
    assertThat(summaries)
        .hasSameSizeAs(asked)
        .allMatch(summary -> summary.contains(": contents 0 to 3"))
        .contains("wait for w0: contents 0 to 3", "look at host w0: contents 0 to 3");
  }

  private void read(List<HistoryEvent> events) throws JsonProcessingException {
    Map<Long, HistoryEvent> scheduled = new HashMap<>();
    for (HistoryEvent event : events) {
      if (event.hasActivityTaskScheduledEventAttributes()) {
        scheduled.put(event.getEventId(), event);
      }
      if (event.hasActivityTaskCompletedEventAttributes()) {
        var completed = event.getActivityTaskCompletedEventAttributes();
        HistoryEvent begun = Objects.requireNonNull(scheduled.get(completed.getScheduledEventId()));
        var of = begun.getActivityTaskScheduledEventAttributes();
        int instances = tree(of.getInput()).path("on").path("instances").size();
        if (instances > 1) {
          String type = of.getActivityType().getName();
          asked.add(Map.entry(type, instances));
          summaries.add(
              JSON.readTree(begun.getUserMetadata().getSummary().getData().toStringUtf8())
                  .asText());
          answered.add(Map.entry(type, longest(tree(completed.getResult()))));
        }
      }
    }
  }

  /** Of the lists in a result, but for that of failures, the one with the most entries. */
  private static int longest(JsonNode result) {
    int longest = 0;
    for (Map.Entry<String, JsonNode> list : result.properties()) {
      boolean ofAnswers = list.getValue().isArray() && !list.getKey().equals("failures");
      longest = Math.max(longest, ofAnswers ? list.getValue().size() : 0);
    }
    return longest;
  }

  private static JsonNode tree(Payloads payloads) throws JsonProcessingException {
    return payloads.getPayloadsCount() == 0
        ? JSON.missingNode()
        : JSON.readTree(payloads.getPayloads(0).getData().toStringUtf8());
  }
}
