package dev.mooring.fake;

import dev.mooring.port.RunActivities.Holder;
import dev.mooring.port.RunActivities.LockObserved;
import dev.mooring.port.RunActivities.LockState;
import dev.mooring.port.RunActivities.StopRun;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionDescription;
import io.temporal.client.WorkflowNotFoundException;
import java.util.Optional;

/**
 * The locks that runs in the test server took. A lock whose holder is over is none: the server ends
 * it with its holder, and the test server leaves it open.
 */
final class TakenLocks {
  private final WorkflowClient client;

  TakenLocks(WorkflowClient client) {
    this.client = client;
  }

  /** A lock of that id, if the run that took it goes on. */
  Optional<LockObserved> held(String lockId) {
    return openRun(lockId).flatMap(this::held);
  }

  private Optional<LockObserved> held(WorkflowExecution lock) {
    Holder holder =
        client
            .getOptions()
            .getDataConverter()
            .fromPayloads(0, Optional.of(started(lock).getInput()), Holder.class, Holder.class);
    return openRun(holder.workflowId())
        .filter(run -> started(run).getOriginalExecutionRunId().equals(holder.originalRun()))
        .map(run -> new LockObserved(LockState.HELD, lock.getRunId(), holder));
  }

  /** Ends the open run that took a lock, if it is that one. */
  boolean stop(StopRun request) {
    Optional<WorkflowExecution> open =
        openRun(request.holder().workflowId())
            .filter(
                run ->
                    started(run)
                        .getOriginalExecutionRunId()
                        .equals(request.holder().originalRun()));
    open.map(run -> client.newUntypedWorkflowStub(run.getWorkflowId()))
        .ifPresent(
            run -> {
              if (request.atOnce()) {
                run.terminate(request.why());
              } else {
                run.cancel(request.why());
              }
            });
    return open.isPresent();
  }

  private Optional<WorkflowExecution> openRun(String workflowId) {
    try {
      WorkflowExecutionDescription seen = client.newUntypedWorkflowStub(workflowId).describe();
      boolean open = seen.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
      return open ? Optional.of(seen.getExecution()) : Optional.empty();
    } catch (WorkflowNotFoundException e) {
      return Optional.empty();
    }
  }

  private WorkflowExecutionStartedEventAttributes started(WorkflowExecution run) {
    return client
        .streamHistory(run.getWorkflowId(), run.getRunId())
        .findFirst()
        .orElseThrow()
        .getWorkflowExecutionStartedEventAttributes();
  }
}
