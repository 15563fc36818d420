package dev.mooring.starter.replay;

import com.google.protobuf.ByteString;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.ActivityTaskCompletedEventAttributes;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The histories that the runbooks' own tests keep, and what a liar would make of them. */
public final class StoredHistories {
  private StoredHistories() {}

  /** A history by its runbook and scenario, such as {@code consume/completed}. */
  public static WorkflowExecutionHistory of(String name) {
    String file = "/histories/" + name + ".json";
    try (InputStream in =
        Objects.requireNonNull(StoredHistories.class.getResourceAsStream(file), file)) {
      return WorkflowExecutionHistory.fromJson(
          new String(in.readAllBytes(), StandardCharsets.UTF_8),
          name.substring(0, name.indexOf('/')));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same with another answer of one activity, in whose text something is replaced. */
  public static WorkflowExecutionHistory altered(
      WorkflowExecutionHistory history, String activity, String from, String to) {
    List<HistoryEvent> events = history.getEvents();
    History.Builder altered = History.newBuilder();
    boolean done = false;
    for (HistoryEvent event : events) {
      if (!done && event.hasActivityTaskCompletedEventAttributes()) {
        ActivityTaskCompletedEventAttributes completed =
            event.getActivityTaskCompletedEventAttributes();
        String type =
            events
                .get((int) completed.getScheduledEventId() - 1)
                .getActivityTaskScheduledEventAttributes()
                .getActivityType()
                .getName();
        Payload answer = completed.getResult().getPayloads(0);
        if (type.equals(activity) && answer.getData().toStringUtf8().contains(from)) {
          done = true;
          altered.addEvents(
              event.toBuilder()
                  .setActivityTaskCompletedEventAttributes(
                      completed.toBuilder().setResult(replaced(answer, from, to))));
          continue;
        }
      }
      altered.addEvents(event);
    }
    if (!done) {
      throw new AssertionError(activity + " did not answer " + from);
    }
    return new WorkflowExecutionHistory(
        altered.build(), history.getWorkflowExecution().getWorkflowId());
  }

  private static Payloads replaced(Payload answer, String from, String to) {
    String text = answer.getData().toStringUtf8().replace(from, to);
    return Payloads.newBuilder()
        .addPayloads(answer.toBuilder().setData(ByteString.copyFromUtf8(text)))
        .build();
  }
}
