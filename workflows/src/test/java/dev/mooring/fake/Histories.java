package dev.mooring.fake;

import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.ArrayList;
import java.util.List;

/** Readings of a run's history. */
final class Histories {
  private Histories() {}

  /**
   * Each activity as {@code scheduled TYPE}, {@code completed TYPE} and {@code cancelled TYPE}, in
   * history's order.
   */
  static List<String> events(WorkflowExecutionHistory history) {
    List<HistoryEvent> events = history.getEvents();
    List<String> words = new ArrayList<>();
    for (HistoryEvent event : events) {
      switch (event.getEventType()) {
        case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED -> words.add("scheduled " + typeOf(event));
        case EVENT_TYPE_ACTIVITY_TASK_COMPLETED -> {
          long by = event.getActivityTaskCompletedEventAttributes().getScheduledEventId();
          words.add("completed " + typeOf(events.get((int) by - 1)));
        }
        case EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED -> {
          long by = event.getActivityTaskCancelRequestedEventAttributes().getScheduledEventId();
          words.add("cancelled " + typeOf(events.get((int) by - 1)));
        }
        default -> {}
      }
    }
    return words;
  }

  /** No task of the run is to be done, or being done. */
  static boolean isTaskOver(WorkflowExecutionHistory history) {
    boolean over = true;
    for (HistoryEvent event : history.getEvents()) {
      switch (event.getEventType()) {
        case EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EVENT_TYPE_WORKFLOW_TASK_STARTED -> over = false;
        case EVENT_TYPE_WORKFLOW_TASK_COMPLETED -> over = true;
        default -> {}
      }
    }
    return over;
  }

  private static String typeOf(HistoryEvent scheduled) {
    return scheduled.getActivityTaskScheduledEventAttributes().getActivityType().getName();
  }
}
