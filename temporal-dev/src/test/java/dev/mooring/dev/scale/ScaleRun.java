package dev.mooring.dev.scale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import dev.mooring.dev.temporal.TemporalClient;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/** Runs of both runbooks over a fleet, each with what it cost. */
final class ScaleRun implements AutoCloseable {
  private static final String STEP = "MooringStep";

  private final FakeFleet fleet;
  private final TemporalClient temporal;
  private final WorkflowClient client;

  ScaleRun(FakeFleet fleet, String address) {
    this.fleet = fleet;
    temporal = new TemporalClient(address);
    client = temporal.client();
  }

  /**
   * What one run cost.
   *
   * @param took from its start to its end
   * @param path what the fleet itself let it wait for
   * @param steps how long each step took, the fleet's latencies in it
   * @param largest the bytes of the largest payload, and what it was
   * @param scripts the most scripts at once, on all hosts and on one
   */
  record Cost(
      String point,
      Duration took,
      Duration path,
      Map<String, Duration> steps,
      int events,
      Largest largest,
      int scripts,
      int sessions) {
    Cost {
      steps = new LinkedHashMap<>(steps);
    }

    Duration above() {
      return took.minus(path);
    }
  }

  /** The largest payload of a history. */
  record Largest(int bytes, String where) {}

  Cost publish() {
    return cost("PublishCycle", "{\"cluster\":\"%s\"}".formatted(FakeFleet.CLUSTER));
  }

  Cost consume() {
    return cost(
        "DrConsume",
        "{\"cluster\":\"%s\",\"site\":\"west\",\"target\":\"latest\"}"
            .formatted(FakeFleet.CLUSTER));
  }

  WorkflowClient client() {
    return client;
  }

  /** Plans as many consumes at once; how each ended. */
  List<String> plansAtOnce(int runs) {
    String request =
        "{\"cluster\":\"%s\",\"site\":\"west\",\"target\":\"latest\",\"mode\":\"plan\"}"
            .formatted(FakeFleet.CLUSTER);
    List<WorkflowStub> started =
        IntStream.range(0, runs).mapToObj(unused -> start("DrConsume", request)).toList();
    return started.stream()
        .map(run -> run.getResult(JsonNode.class).path("outcome").asText())
        .toList();
  }

  private WorkflowStub start(String type, String request) {
    WorkflowStub run =
        client.newUntypedWorkflowStub(
            type,
            WorkflowOptions.newBuilder()
                .setWorkflowId("scale:" + type + ":" + UUID.randomUUID())
                .setTaskQueue("mooring")
                .build());
    try {
      run.start(new RawRequest(RunbookDataConverter.mapper().readTree(request)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(request, e);
    }
    return run;
  }

  private Cost cost(String type, String request) {
    fleet.toll().reset();
    long began = System.nanoTime();
    WorkflowStub run = start(type, request);
    JsonNode result = run.getResult(JsonNode.class);
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    List<HistoryEvent> events = client.fetchHistory(run.getExecution().getWorkflowId()).getEvents();
    return new Cost(
        result.path("restorePoint").asText(),
        took,
        fleet.toll().longestPath(),
        steps(events),
        events.size(),
        largest(events),
        fleet.toll().most("scripts"),
        fleet.toll().most("sessions"));
  }

  /** From each step's name in the run's search attributes to the next one's. */
  private static Map<String, Duration> steps(List<HistoryEvent> events) {
    Map<String, Duration> steps = new LinkedHashMap<>();
    String step = "";
    Instant began = at(events.get(0));
    for (HistoryEvent event : events) {
      Payload named =
          event
              .getUpsertWorkflowSearchAttributesEventAttributes()
              .getSearchAttributes()
              .getIndexedFieldsOrDefault(STEP, Payload.getDefaultInstance());
      if (!named.getData().isEmpty()) {
        steps.merge(step, Duration.between(began, at(event)), Duration::plus);
        step = named.getData().toStringUtf8().replace("\"", "");
        began = at(event);
      }
    }
    steps.put(step, Duration.between(began, at(events.get(events.size() - 1))));
    steps.remove("");
    return steps;
  }

  private static Instant at(HistoryEvent event) {
    Timestamp at = event.getEventTime();
    return Instant.ofEpochSecond(at.getSeconds(), at.getNanos());
  }

  private static Largest largest(List<HistoryEvent> events) {
    Largest largest = new Largest(0, "");
    for (HistoryEvent event : events) {
      int bytes = largest(event);
      if (bytes > largest.bytes()) {
        long of = event.getActivityTaskCompletedEventAttributes().getScheduledEventId();
        HistoryEvent asked = of == 0 ? event : events.get((int) of - 1);
        String activity =
            asked.getActivityTaskScheduledEventAttributes().getActivityType().getName();
        largest = new Largest(bytes, event.getEventType() + " " + activity);
      }
    }
    return largest;
  }

  private static int largest(Message message) {
    if (message instanceof Payload payload) {
      return payload.getSerializedSize();
    }
    int largest = 0;
    for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
      if (field.getValue() instanceof Message one) {
        largest = Math.max(largest, largest(one));
      } else if (field.getValue() instanceof Collection<?> many) {
        for (Object each : many) {
          largest = each instanceof Message one ? Math.max(largest, largest(one)) : largest;
        }
      }
    }
    return largest;
  }

  @Override
  public void close() {
    temporal.close();
  }
}
