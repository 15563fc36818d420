package dev.mooring.activities.temporal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.consume.DrConsumeWorkflow;
import dev.mooring.runbook.lock.LockWorkflow;
import dev.mooring.runbook.watch.ReplicationWatchWorkflow;
import dev.mooring.topology.FailoverReaction;
import dev.mooring.wire.RawRequest;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowTargetOptions;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Optional;

/** Reads locks and starts runs through the worker's own Temporal client. */
public final class TemporalRunActivities implements RunActivities {
  private static final Holder NO_HOLDER = new Holder("", "", "");

  private final WorkflowClient client;

  /** Works in the namespace of that client. */
  public TemporalRunActivities(WorkflowClient client) {
    this.client = client;
  }

  @Override
  public LockObserved observeLock(ObserveLock request) {
    Optional<WorkflowExecution> lock = OpenExecutions.of(client, request.lockId());
    if (lock.isEmpty()) {
      return new LockObserved(LockState.FREE, "", NO_HOLDER);
    }
    Holder holder = holderOf(lock.get());
    boolean held =
        OpenExecutions.of(client, holder.workflowId())
            .filter(run -> isRunOf(run, holder))
            .isPresent();
    return new LockObserved(
        held ? LockState.HELD : LockState.ABANDONED, lock.get().getRunId(), holder);
  }

  /**
   * True if an open run is the holder's: its own run, or a run that a reset of it began. A lock
   * that outlived its holder's run is abandoned even if a new run took the same workflow id.
   */
  private boolean isRunOf(WorkflowExecution run, Holder holder) {
    return started(run).getOriginalExecutionRunId().equals(holder.originalRun());
  }

  private Holder holderOf(WorkflowExecution lock) {
    return client
        .getOptions()
        .getDataConverter()
        .fromPayloads(0, Optional.of(started(lock).getInput()), Holder.class, Holder.class);
  }

  private WorkflowExecutionStartedEventAttributes started(WorkflowExecution run) {
    return client
        .streamHistory(run.getWorkflowId(), run.getRunId())
        .findFirst()
        .orElseThrow()
        .getWorkflowExecutionStartedEventAttributes();
  }

  @Override
  public LockReleased releaseLock(ReleaseLock request) {
    try {
      client
          .newUntypedWorkflowStub(
              WorkflowTargetOptions.newBuilder()
                  .setWorkflowId(request.lockId())
                  .setRunId(request.lockRun())
                  .build())
          .terminate("the run it was taken for is over");
      return new LockReleased(true);
    } catch (WorkflowNotFoundException e) {
      return new LockReleased(false);
    }
  }

  @Override
  public RunStopped ensureRunStopped(StopRun request) {
    Optional<WorkflowExecution> open =
        OpenExecutions.of(client, request.holder().workflowId())
            .filter(run -> isRunOf(run, request.holder()));
    if (open.isEmpty()) {
      return new RunStopped(false);
    }
    WorkflowStub run =
        client.newUntypedWorkflowStub(
            WorkflowTargetOptions.newBuilder()
                .setWorkflowId(open.get().getWorkflowId())
                .setRunId(open.get().getRunId())
                .build());
    try {
      if (request.atOnce()) {
        run.terminate(request.why());
      } else {
        run.cancel(request.why());
      }
      return new RunStopped(true);
    } catch (WorkflowNotFoundException overByNow) {
      return new RunStopped(false);
    }
  }

  @Override
  public ConsumerStarted ensureConsumer(EnsureConsumer request) {
    Optional<WorkflowExecution> consuming = consuming(request);
    if (consuming.isPresent()) {
      return signal(request, consuming.get());
    }
    WorkflowStub stub =
        client.newUntypedWorkflowStub(
            Runbook.DR_CONSUME.type(),
            WorkflowOptions.newBuilder()
                .setWorkflowId(request.workflowId())
                .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
                .setStaticSummary(
                    "moor " + request.site() + ", requested by " + request.publishedBy())
                .build());
    try {
      WorkflowExecution started = stub.start(new RawRequest(input(request)));
      return new ConsumerStarted(started.getWorkflowId(), started.getRunId(), true);
    } catch (WorkflowExecutionAlreadyStarted e) {
      return signal(request, e.getExecution());
    }
  }

  /** The run that holds the site, if it consumes there and is not the caller. */
  private Optional<WorkflowExecution> consuming(EnsureConsumer request) {
    String lockId = LockWorkflow.idOf(request.cluster(), request.site());
    LockObserved lock = observeLock(new ObserveLock(lockId));
    String holder = lock.holder().workflowId();
    return lock.state() == LockState.HELD && !holder.equals(request.ending())
        ? OpenExecutions.of(client, holder).filter(this::isConsumer)
        : Optional.empty();
  }

  private boolean isConsumer(WorkflowExecution run) {
    return started(run).getWorkflowType().getName().equals(Runbook.DR_CONSUME.type());
  }

  /** Temporal refuses a second run with that id for as long as it keeps the first. */
  @Override
  public ReactionStarted ensureReaction(EnsureReaction request) {
    WorkflowStub stub =
        client.newUntypedWorkflowStub(
            request.runbook().type(),
            WorkflowOptions.newBuilder()
                .setWorkflowId(request.workflowId())
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
                .setStaticSummary(request.instance() + ": " + request.reason())
                .build());
    try {
      stub.start(new RawRequest(input(request)));
      return new ReactionStarted(true);
    } catch (WorkflowExecutionAlreadyStarted before) {
      return new ReactionStarted(false);
    }
  }

  /** The request of the run, as a person could type it. */
  static ObjectNode input(EnsureReaction request) {
    ObjectNode input =
        JsonNodeFactory.instance
            .objectNode()
            .put("cluster", request.cluster().value())
            .put("mode", "execute")
            .put("by", request.runbook() == Runbook.FAILOVER ? FailoverReaction.SETTING : "watch")
            .put("reason", request.reason());
    return switch (request.runbook()) {
      case START_PRIMARY -> input.put("boot", request.incident());
      case FAILOVER -> input.put("when", request.incident());
      case REPLICATION_SETUP ->
          input
              .put("act", "synchronous")
              .put("relax", request.relax())
              .put("incident", request.incident());
      default ->
          input.put("instances", request.instance().value()).put("incident", request.incident());
    };
  }

  private static ObjectNode input(EnsureConsumer request) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("cluster", request.cluster().value())
        .put("site", request.site().value())
        .put("patience", "PT60S")
        .put("by", request.publishedBy());
  }

  private ConsumerStarted signal(EnsureConsumer request, WorkflowExecution consumer) {
    String id = consumer.getWorkflowId();
    try {
      client.newWorkflowStub(DrConsumeWorkflow.class, id).published(request.publishedBy());
      return new ConsumerStarted(id, consumer.getRunId(), false);
    } catch (WorkflowNotFoundException e) {
      throw ApplicationFailure.newFailureWithCause(
          "the consumer " + id + " ended just now; it is started anew",
          FailureCode.OUTCOME_UNKNOWN.name(),
          e);
    }
  }

  @Override
  public Monitoring observeMonitoring(ObserveMonitoring request) {
    String id = request.workflowId();
    try {
      return OpenExecutions.of(client, id).isEmpty()
          ? new Monitoring(false, List.of(), List.of())
          : client.newWorkflowStub(ReplicationWatchWorkflow.class, id).monitoring();
    } catch (WorkflowException | StatusRuntimeException unanswered) {
      throw ApplicationFailure.newFailureWithCause(
          id + " does not answer: " + said(unanswered),
          FailureCode.OUTCOME_UNKNOWN.name(),
          unanswered);
    }
  }

  private static String said(RuntimeException unanswered) {
    Throwable cause = unanswered.getCause();
    return String.valueOf((cause == null ? unanswered : cause).getMessage());
  }

  @Override
  public ServiceObserved observeService(ObserveService request) {
    return new ServiceLook(client).at(request);
  }
}
