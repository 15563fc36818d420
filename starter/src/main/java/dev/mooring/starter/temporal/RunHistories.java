package dev.mooring.starter.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.common.WorkflowExecutionHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Histories that Temporal still has. */
public final class RunHistories {
  /** The time of a run after its ending, in which it writes its receipt and closes. */
  private static final Duration CLOSED_WITHIN = Duration.ofMinutes(10);

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

  /**
   * The history that matches, of a run or of a run that a reset made of it: that run has the same
   * workflow id and a run id of its own.
   *
   * @param run its original run id
   * @param ended when the runbook ended, before its run was over
   */
  public Optional<WorkflowExecutionHistory> of(
      String workflowId, String run, Instant ended, Predicate<WorkflowExecutionHistory> meant) {
    return of(workflowId, run)
        .filter(meant)
        .or(
            () ->
                closed(workflowId, ended).stream()
                    .filter(one -> !one.equals(run))
                    .flatMap(one -> of(workflowId, one).stream())
                    .filter(meant)
                    .findFirst());
  }

  private List<String> closed(String workflowId, Instant ended) {
    try {
      return server
          .service()
          .listWorkflowExecutions(
              ListWorkflowExecutionsRequest.newBuilder()
                  .setNamespace(server.namespace())
                  .setQuery(
                      String.format(
                          "WorkflowId = '%s' AND CloseTime BETWEEN '%s' AND '%s'",
                          workflowId, ended, ended.plus(CLOSED_WITHIN)))
                  .build())
          .getExecutionsList()
          .stream()
          .map(info -> info.getExecution().getRunId())
          .toList();
    } catch (StatusRuntimeException e) {
      throw server.refusal(e);
    }
  }
}
