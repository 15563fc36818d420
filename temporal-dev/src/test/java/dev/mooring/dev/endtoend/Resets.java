package dev.mooring.dev.endtoend;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import java.util.UUID;
import java.util.stream.Stream;

/** Runs that a person resets by hand: they go on as another run, from an earlier workflow task. */
final class Resets {
  private final WorkflowClient client;

  Resets(WorkflowClient client) {
    this.client = client;
  }

  private Stream<HistoryEvent> history(WorkflowExecution run) {
    return client.streamHistory(run.getWorkflowId(), run.getRunId());
  }

  /** Resets the run to its last completed workflow task. */
  void toLastTask(WorkflowExecution run) {
    long last =
        history(run)
            .filter(e -> e.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
            .mapToLong(HistoryEvent::getEventId)
            .max()
            .orElseThrow();
    to(run, last);
  }

  /** Resets the run to before the first activity of a type was scheduled. */
  void toBefore(WorkflowExecution run, String activity) {
    long task =
        history(run)
            .filter(HistoryEvent::hasActivityTaskScheduledEventAttributes)
            .map(HistoryEvent::getActivityTaskScheduledEventAttributes)
            .filter(scheduled -> scheduled.getActivityType().getName().equals(activity))
            .mapToLong(scheduled -> scheduled.getWorkflowTaskCompletedEventId())
            .findFirst()
            .orElseThrow();
    to(run, task);
  }

  /**
   * Resets the run to before it last began to take the locks of all sites, of which it had so many.
   */
  void toBeforeLocks(WorkflowExecution run, int sites) {
    long[] tasks =
        history(run)
            .filter(HistoryEvent::hasStartChildWorkflowExecutionInitiatedEventAttributes)
            .map(HistoryEvent::getStartChildWorkflowExecutionInitiatedEventAttributes)
            .mapToLong(begun -> begun.getWorkflowTaskCompletedEventId())
            .toArray();
    to(run, tasks[tasks.length - sites]);
  }

  /** Resets the run to where that workflow task ended. */
  private void to(WorkflowExecution run, long workflowTask) {
    client
        .getWorkflowServiceStubs()
        .blockingStub()
        .resetWorkflowExecution(
            ResetWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setWorkflowExecution(run)
                .setWorkflowTaskFinishEventId(workflowTask)
                .setRequestId(UUID.randomUUID().toString())
                .setReason("by hand")
                .build());
  }
}
