package dev.mooring.starter.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.common.WorkflowExecutionHistory;
import java.util.Optional;

/** Histories that Temporal still has. */
public final class RunHistories {
  private final TemporalServer server;

  /** Asks there. */
  public RunHistories(TemporalServer server) {
    this.server = server;
  }

  /** The history of a run; nothing once Temporal has forgotten it. */
  public Optional<WorkflowExecutionHistory> of(String workflowId, String run) {
    try {
      return Optional.of(server.client().fetchHistory(workflowId, run));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw server.refusal(e);
    }
  }
}
