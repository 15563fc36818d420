package dev.mooring.runbook;

import com.google.protobuf.ByteString;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.SearchAttributes;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.ActivityTaskCompletedEventAttributes;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.List;

/** The histories of the runbooks' own tests, and what a liar would make of them. */
public final class StoredHistories {
  private StoredHistories() {}

  /** A history by its runbook and scenario, such as {@code consume/completed}. */
  public static WorkflowExecutionHistory of(String name) {
    return WorkflowExecutionHistory.fromJson(
        Scenario.history(name), Scenario.runId(name.substring(0, name.indexOf('/'))));
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

  /** The same as far as an event, and closed from outside after it. */
  public static WorkflowExecutionHistory closedAfter(
      WorkflowExecutionHistory history, long event, EventType closed) {
    History.Builder cut = History.newBuilder();
    history.getEvents().stream().limit(event).forEach(cut::addEvents);
    HistoryEvent.Builder last =
        HistoryEvent.newBuilder().setEventId(event + 1).setEventType(closed);
    switch (closed) {
      case EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED ->
          last.getWorkflowExecutionTerminatedEventAttributesBuilder().setReason("by hand");
      case EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT ->
          last.getWorkflowExecutionTimedOutEventAttributesBuilder();
      case EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED ->
          last.getWorkflowExecutionCanceledEventAttributesBuilder();
      case EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW ->
          last.getWorkflowExecutionContinuedAsNewEventAttributesBuilder();
      default -> throw new AssertionError(closed + " closes no run from outside");
    }
    return new WorkflowExecutionHistory(
        cut.addEvents(last).build(), history.getWorkflowExecution().getWorkflowId());
  }

  /** The same with another outcome in what the run noted for searches. */
  public static WorkflowExecutionHistory notedAs(WorkflowExecutionHistory history, String outcome) {
    String field = dev.mooring.runbook.SearchAttributes.OUTCOME.getName();
    History.Builder noted = History.newBuilder();
    for (HistoryEvent event : history.getEvents()) {
      HistoryEvent.Builder one = event.toBuilder();
      if (event
          .getUpsertWorkflowSearchAttributesEventAttributes()
          .getSearchAttributes()
          .containsIndexedFields(field)) {
        SearchAttributes.Builder fields =
            one.getUpsertWorkflowSearchAttributesEventAttributesBuilder()
                .getSearchAttributesBuilder();
        Payload was = fields.getIndexedFieldsOrThrow(field);
        fields.putIndexedFields(
            field, was.toBuilder().setData(ByteString.copyFromUtf8('"' + outcome + '"')).build());
      }
      noted.addEvents(one);
    }
    return new WorkflowExecutionHistory(
        noted.build(), history.getWorkflowExecution().getWorkflowId());
  }

  /** The same as the worker of a release leaves it, which names itself. */
  public static WorkflowExecutionHistory decidedBy(
      WorkflowExecutionHistory history, String release) {
    History.Builder named = History.newBuilder();
    for (HistoryEvent event : history.getEvents()) {
      HistoryEvent.Builder one = event.toBuilder();
      if (event.hasWorkflowTaskCompletedEventAttributes()) {
        one.getWorkflowTaskCompletedEventAttributesBuilder()
            .setIdentity("4711@east mooring/" + release);
      }
      named.addEvents(one);
    }
    return new WorkflowExecutionHistory(
        named.build(), history.getWorkflowExecution().getWorkflowId());
  }

  private static Payloads replaced(Payload answer, String from, String to) {
    String text = answer.getData().toStringUtf8().replace(from, to);
    return Payloads.newBuilder()
        .addPayloads(answer.toBuilder().setData(ByteString.copyFromUtf8(text)))
        .build();
  }
}
