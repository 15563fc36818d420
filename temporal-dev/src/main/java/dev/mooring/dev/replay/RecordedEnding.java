package dev.mooring.dev.replay;

import dev.mooring.runbook.Outcome;
import dev.mooring.runbook.SearchAttributes;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.converter.DefaultDataConverter;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares a run's recorded ending with its ending in the replay. */
final class RecordedEnding {
  private final List<HistoryEvent> events;

  RecordedEnding(List<HistoryEvent> events) {
    this.events = events;
  }

  /**
   * The difference, in words.
   *
   * @param now {@code completed} or the type of the failure; empty if it does not end
   */
  Optional<String> differs(String now) {
    HistoryEvent last = events.get(events.size() - 1);
    return switch (last.getEventType()) {
      case EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED -> differs(ReplayedActs.COMPLETED, now);
      case EVENT_TYPE_WORKFLOW_EXECUTION_FAILED ->
          differs(
              last.getWorkflowExecutionFailedEventAttributes()
                  .getFailure()
                  .getApplicationFailureInfo()
                  .getType(),
              now);
      // Temporal's word for whatever ending followed a cancel; the run's own word stands before it
      case EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED -> differs(outcome().orElse("cancelled"), now);
      case EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW -> differs("continued as new", now);
      case EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED -> notOver("was terminated", now);
      case EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT -> notOver("timed out", now);
      default -> notOver("is not over", now);
    };
  }

  private static Optional<String> differs(String recorded, String now) {
    return recorded.equals(now)
        ? Optional.empty()
        : Optional.of(
            "it recorded the ending "
                + recorded
                + ", it is "
                + (now.isEmpty() ? "none" : now)
                + " now");
  }

  /** Closed from outside: only a pending answer may have ended it. */
  private Optional<String> notOver(String recorded, String now) {
    return now.isEmpty() || isAwaitingAnAnswer()
        ? Optional.empty()
        : Optional.of("it recorded that it " + recorded + ", it ends with " + now + " now");
  }

  private boolean isAwaitingAnAnswer() {
    return lastOf(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED)
        > lastOf(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED);
  }

  private long lastOf(EventType type) {
    return events.stream()
        .filter(event -> event.getEventType() == type)
        .mapToLong(HistoryEvent::getEventId)
        .max()
        .orElse(0);
  }

  /** The outcome that the run last set in its search attributes. */
  private Optional<String> outcome() {
    return events.stream()
        .filter(HistoryEvent::hasUpsertWorkflowSearchAttributesEventAttributes)
        .flatMap(event -> outcome(event).stream())
        .reduce((before, after) -> after)
        .map(text -> isAnswer(text) ? ReplayedActs.COMPLETED : text);
  }

  /** The ending of a run that answered. */
  private static boolean isAnswer(String outcome) {
    return outcome.equals(Outcome.COMPLETED.failureType())
        || outcome.equals(Outcome.PLANNED.failureType());
  }

  private static Optional<String> outcome(HistoryEvent event) {
    @Nullable Payload noted =
        event
            .getUpsertWorkflowSearchAttributesEventAttributes()
            .getSearchAttributes()
            .getIndexedFieldsMap()
            .get(SearchAttributes.OUTCOME.getName());
    return Optional.ofNullable(noted)
        .map(
            payload ->
                DefaultDataConverter.STANDARD_INSTANCE.fromPayload(
                    payload, String.class, String.class));
  }
}
