package dev.mooring.activities.temporal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities;
import dev.mooring.runbook.consume.DrConsumeWorkflow;
import dev.mooring.wire.RawRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.TerminateWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;

/** Looks at locks and starts consumers through the worker's own Temporal client. */
public final class TemporalRunActivities implements RunActivities {
  private static final Holder NOBODY = new Holder("", "", "");

  private final WorkflowClient client;
  private final String namespace;

  /** Works in the namespace of that client. */
  public TemporalRunActivities(WorkflowClient client) {
    this.client = client;
    this.namespace = client.getOptions().getNamespace();
  }

  @Override
  public LockObserved observeLock(ObserveLock request) {
    Optional<DescribeWorkflowExecutionResponse> lock = describe(request.lockId());
    if (lock.isEmpty() || !isOpen(lock.get())) {
      return new LockObserved(LockState.FREE, "", NOBODY);
    }
    WorkflowExecutionInfo info = lock.get().getWorkflowExecutionInfo();
    Holder holder = holderOf(info.getExecution());
    boolean open = describe(holder.workflowId()).filter(h -> isRunOf(h, holder)).isPresent();
    return new LockObserved(
        open ? LockState.HELD : LockState.ABANDONED, info.getExecution().getRunId(), holder);
  }

  private static boolean isOpen(DescribeWorkflowExecutionResponse run) {
    return run.getWorkflowExecutionInfo().getStatus()
        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /**
   * True when the open run under the holder's id is the holder's: its own run, or the one a reset
   * of it began. A lock that outlived its holder's run is abandoned even when a new run took the
   * same workflow id.
   */
  private boolean isRunOf(DescribeWorkflowExecutionResponse run, Holder holder) {
    return isOpen(run)
        && started(run.getWorkflowExecutionInfo().getExecution())
            .getOriginalExecutionRunId()
            .equals(holder.originalRun());
  }

  private Holder holderOf(WorkflowExecution lock) {
    return client
        .getOptions()
        .getDataConverter()
        .fromPayloads(0, Optional.of(started(lock).getInput()), Holder.class, Holder.class);
  }

  private WorkflowExecutionStartedEventAttributes started(WorkflowExecution run) {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .getWorkflowExecutionHistory(
            GetWorkflowExecutionHistoryRequest.newBuilder()
                .setNamespace(namespace)
                .setExecution(run)
                .setMaximumPageSize(1)
                .build())
        .getHistory()
        .getEvents(0)
        .getWorkflowExecutionStartedEventAttributes();
  }

  private Optional<DescribeWorkflowExecutionResponse> describe(String workflowId) {
    try {
      return Optional.of(
          client
              .getWorkflowServiceStubs()
              .blockingStub()
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(namespace)
                      .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                      .build()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public LockReleased releaseLock(ReleaseLock request) {
    try {
      client
          .getWorkflowServiceStubs()
          .blockingStub()
          .terminateWorkflowExecution(
              TerminateWorkflowExecutionRequest.newBuilder()
                  .setNamespace(namespace)
                  .setWorkflowExecution(
                      WorkflowExecution.newBuilder()
                          .setWorkflowId(request.lockId())
                          .setRunId(request.lockRun()))
                  .setReason("the run it was taken for is over")
                  .build());
      return new LockReleased(true);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return new LockReleased(false);
      }
      throw e;
    }
  }

  @Override
  public ConsumerStarted ensureConsumer(EnsureConsumer request) {
    WorkflowStub stub =
        client.newUntypedWorkflowStub(
            "DrConsume",
            WorkflowOptions.newBuilder()
                .setWorkflowId(request.workflowId())
                .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
                .setStaticSummary("moor " + request.site() + ", told by " + request.publishedBy())
                .build());
    try {
      WorkflowExecution started = stub.start(new RawRequest(input(request)));
      return new ConsumerStarted(started.getWorkflowId(), started.getRunId(), true);
    } catch (WorkflowExecutionAlreadyStarted e) {
      return tell(request, e.getExecution().getRunId());
    }
  }

  private static ObjectNode input(EnsureConsumer request) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("cluster", request.cluster().value())
        .put("site", request.site().value())
        .put("patience", "PT60S")
        .put("by", request.publishedBy());
  }

  private ConsumerStarted tell(EnsureConsumer request, String runId) {
    try {
      client
          .newWorkflowStub(DrConsumeWorkflow.class, request.workflowId())
          .published(request.publishedBy());
      return new ConsumerStarted(request.workflowId(), runId, false);
    } catch (io.temporal.client.WorkflowNotFoundException e) {
      throw ApplicationFailure.newFailureWithCause(
          "the consumer " + request.workflowId() + " ended just now; it is started anew",
          FailureCode.OUTCOME_UNKNOWN.name(),
          e);
    }
  }
}
