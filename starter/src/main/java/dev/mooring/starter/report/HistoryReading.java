package dev.mooring.starter.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.Timestamp;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.starter.report.HistoryFacts.Act;
import dev.mooring.starter.report.HistoryFacts.Message;
import dev.mooring.starter.report.HistoryFacts.Source;
import dev.mooring.starter.report.HistoryFacts.TriedAgain;
import dev.mooring.wire.RunbookDataConverter;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.ActivityTaskFailedEventAttributes;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.ActivityTaskStartedEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionSignaledEventAttributes;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.api.update.v1.Request;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the facts of a report from a history. */
public final class HistoryReading {
  private static final String SCHEDULED_BY = "TemporalScheduledById";
  private static final String SITE_QUEUES = ActivityPolicies.SHARED_QUEUE + "-";

  private final DataConverter converter = RunbookDataConverter.create();
  private final List<HistoryEvent> events;
  private final List<Message> messages = new ArrayList<>();
  private final List<TriedAgain> triedAgain = new ArrayList<>();
  private final Map<Long, Instant> began = new HashMap<>();
  private final Map<Long, Act> acts = new LinkedHashMap<>();

  private HistoryReading(WorkflowExecutionHistory history) {
    this.events = history.getEvents();
  }

  /**
   * The facts of a history.
   *
   * @param source where it was read
   */
  public static HistoryFacts of(WorkflowExecutionHistory history, Source source) {
    return new HistoryReading(history).facts(source);
  }

  private HistoryFacts facts(Source source) {
    events.forEach(this::read);
    HistoryEvent first = events.get(0);
    return new HistoryFacts(
        source,
        startedBy(first.getWorkflowExecutionStartedEventAttributes()),
        Optional.of(at(first)),
        events.size(),
        messages,
        triedAgain,
        acts.values().stream().sorted(Comparator.comparing(Act::began)).toList());
  }

  private String startedBy(WorkflowExecutionStartedEventAttributes started) {
    @Nullable Payload schedule =
        started.getSearchAttributes().getIndexedFieldsMap().get(SCHEDULED_BY);
    return schedule == null
        ? started.getIdentity()
        : "schedule " + converter.fromPayload(schedule, String.class, String.class);
  }

  private void read(HistoryEvent event) {
    switch (event.getEventType()) {
      case EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED -> {
        WorkflowExecutionSignaledEventAttributes signal =
            event.getWorkflowExecutionSignaledEventAttributes();
        message(event, signal.getSignalName(), signal.getInput(), signal.getIdentity());
      }
      case EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED -> {
        Request update =
            event.getWorkflowExecutionUpdateAcceptedEventAttributes().getAcceptedRequest();
        message(
            event,
            update.getInput().getName(),
            update.getInput().getArgs(),
            update.getMeta().getIdentity());
      }
      case EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED ->
          messages.add(
              new Message(
                  at(event),
                  "cancel",
                  "cancel",
                  event.getWorkflowExecutionCancelRequestedEventAttributes().getIdentity(),
                  event.getWorkflowExecutionCancelRequestedEventAttributes().getCause()));
      case EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED ->
          messages.add(
              new Message(
                  at(event),
                  "terminate",
                  "terminate",
                  event.getWorkflowExecutionTerminatedEventAttributes().getIdentity(),
                  event.getWorkflowExecutionTerminatedEventAttributes().getReason()));
      default -> readAct(event);
    }
  }

  /** A decision is an object of three words; any other message is reported unchanged. */
  private void message(HistoryEvent event, String kind, Payloads input, String identity) {
    JsonNode said = json(input);
    messages.add(
        new Message(
            at(event),
            kind,
            words(said.has("decision") ? said.get("decision") : said),
            said.path("by").asText(identity),
            said.path("reason").asText("")));
  }

  /** An input of several words is reported as it was sent. */
  private static String words(JsonNode said) {
    return said.isContainerNode() ? said.toString() : said.asText("");
  }

  private JsonNode json(Payloads input) {
    try {
      @Nullable JsonNode said =
          converter.fromPayloads(0, Optional.of(input), JsonNode.class, JsonNode.class);
      return said == null ? MissingNode.getInstance() : said;
    } catch (DataConverterException unreadable) {
      return TextNode.valueOf("not readable");
    }
  }

  private void readAct(HistoryEvent event) {
    switch (event.getEventType()) {
      case EVENT_TYPE_ACTIVITY_TASK_STARTED ->
          started(at(event), event.getActivityTaskStartedEventAttributes());
      case EVENT_TYPE_ACTIVITY_TASK_COMPLETED ->
          ended(event, event.getActivityTaskCompletedEventAttributes().getScheduledEventId(), "");
      case EVENT_TYPE_ACTIVITY_TASK_FAILED -> {
        ActivityTaskFailedEventAttributes failed = event.getActivityTaskFailedEventAttributes();
        ended(event, failed.getScheduledEventId(), failed.getFailure().getMessage());
      }
      case EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT ->
          ended(
              event,
              event.getActivityTaskTimedOutEventAttributes().getScheduledEventId(),
              "timed out");
      case EVENT_TYPE_ACTIVITY_TASK_CANCELED ->
          ended(
              event,
              event.getActivityTaskCanceledEventAttributes().getScheduledEventId(),
              "cancelled");
      default -> {}
    }
  }

  /** An act that never began, such as one cancelled before, is left out. */
  private void ended(HistoryEvent event, long scheduledId, String failure) {
    Instant from = began.get(scheduledId);
    if (from == null) {
      return;
    }
    HistoryEvent scheduled = events.get((int) scheduledId - 1);
    ActivityTaskScheduledEventAttributes asked =
        scheduled.getActivityTaskScheduledEventAttributes();
    JsonNode input = json(asked.getInput());
    String what =
        scheduled.getUserMetadata().hasSummary()
            ? converter.fromPayload(
                scheduled.getUserMetadata().getSummary(), String.class, String.class)
            : asked.getActivityType().getName();
    acts.put(
        scheduledId,
        new Act(
            input.at("/call/step").asText(""),
            place(input, asked.getTaskQueue().getName()),
            String.valueOf(what),
            from,
            at(event),
            failure));
  }

  private static String place(JsonNode input, String queue) {
    String host = input.at("/on/host/name").asText("");
    if (!host.isEmpty()) {
      return host;
    }
    return queue.startsWith(SITE_QUEUES)
        ? "site " + queue.substring(SITE_QUEUES.length())
        : "Temporal";
  }

  private void started(Instant at, ActivityTaskStartedEventAttributes started) {
    began.put(started.getScheduledEventId(), at);
    if (started.getAttempt() > 1) {
      HistoryEvent scheduled = events.get((int) started.getScheduledEventId() - 1);
      triedAgain.add(
          new TriedAgain(
              scheduled.getActivityTaskScheduledEventAttributes().getActivityType().getName(),
              started.getAttempt(),
              started.getLastFailure().getMessage()));
    }
  }

  private static Instant at(HistoryEvent event) {
    Timestamp time = event.getEventTime();
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
