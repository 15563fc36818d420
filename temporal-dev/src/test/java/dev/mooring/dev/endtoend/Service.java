package dev.mooring.dev.endtoend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.protobuf.Duration;
import dev.mooring.dev.temporal.LocalTemporal;
import dev.mooring.dev.temporal.TemporalClient;
import dev.mooring.wire.RawRequest;
import dev.mooring.wire.RunbookDataConverter;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.ActivityTaskStartedEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.GetSystemInfoRequest;
import io.temporal.api.workflowservice.v1.RegisterNamespaceRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** A real Temporal server of its own, and a client of it. */
final class Service implements AutoCloseable {
  private final LocalTemporal temporal;
  private final TemporalClient connected;
  private final WorkflowClient client;

  Service(String name) {
    temporal = LocalTemporal.up("it-" + ProcessHandle.current().pid() + "-" + name);
    connected = new TemporalClient(temporal.address());
    client = connected.client();
  }

  String address() {
    return temporal.address();
  }

  /** Kills the server as kill -9 does and starts it again with what it had stored by then. */
  void crash() {
    temporal.crash();
  }

  /** Kills the server as kill -9 does. */
  void kill() {
    temporal.kill();
  }

  /** Starts one that was killed with what it had stored by then. */
  void startAgain() {
    temporal.startAgain();
    Soon.soon("its client is connected again", this::answers);
  }

  private boolean answers() {
    try {
      client
          .getWorkflowServiceStubs()
          .blockingStub()
          .getSystemInfo(GetSystemInfoRequest.getDefaultInstance());
      return true;
    } catch (StatusRuntimeException notYet) {
      return false;
    }
  }

  /** Kills the server, and all that it knew is gone. */
  void lose() {
    temporal.close();
  }

  WorkflowClient client() {
    return client;
  }

  /** Starts a run without waiting for it. */
  WorkflowStub start(String type, String json) {
    return start(type, "it:" + type + ":" + UUID.randomUUID(), json);
  }

  /** Starts a run under an id of its own. */
  WorkflowStub start(String type, String id, String json) {
    WorkflowStub run =
        client.newUntypedWorkflowStub(
            type, WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue("mooring").build());
    try {
      run.start(new RawRequest(RunbookDataConverter.mapper().readTree(json)));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
    return run;
  }

  /** The activities of a run that a worker has begun and not ended, by their ids. */
  List<String> activitiesAt(String worker, WorkflowStub run) {
    return begunAt(worker, run).map(PendingActivityInfo::getActivityId).toList();
  }

  /** The same by their types, as many as there are of each. */
  List<String> activityTypesAt(String worker, WorkflowStub run) {
    return begunAt(worker, run).map(activity -> activity.getActivityType().getName()).toList();
  }

  private Stream<PendingActivityInfo> begunAt(String worker, WorkflowStub run) {
    return client
        .newUntypedWorkflowStub(run.getExecution().getWorkflowId())
        .describe()
        .getRawDescription()
        .getPendingActivitiesList()
        .stream()
        .filter(
            activity -> activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED)
        .filter(activity -> activity.getLastWorkerIdentity().equals(worker))
        .filter(PendingActivityInfo::hasLastHeartbeatTime);
  }

  /** Whether a run has not ended. */
  boolean isOpen(WorkflowStub run) {
    return client.newUntypedWorkflowStub(run.getExecution().getWorkflowId()).describe().getStatus()
        == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /** Whether an act of a run that is open has failed and is tried again. */
  boolean triesAgain(WorkflowStub run) {
    return run.describe().getRawDescription().getPendingActivitiesList().stream()
        .anyMatch(activity -> activity.getAttempt() > 1);
  }

  /** The attempt in which an activity of a run that is over was ended, if the run waited for it. */
  Optional<Integer> attempt(WorkflowStub run, String activity) {
    return startedIfEnded(run, activity).map(ActivityTaskStartedEventAttributes::getAttempt);
  }

  /** How an activity of a run was asked for. */
  ActivityTaskScheduledEventAttributes scheduled(WorkflowStub run, String activity) {
    return scheduling(run, activity).getActivityTaskScheduledEventAttributes();
  }

  private HistoryEvent scheduling(WorkflowStub run, String activity) {
    return events(run).stream()
        .filter(e -> e.getActivityTaskScheduledEventAttributes().getActivityId().equals(activity))
        .findFirst()
        .orElseThrow();
  }

  /** The last attempt of an activity of a run that is over: whose it was, and why it was needed. */
  ActivityTaskStartedEventAttributes startedOf(WorkflowStub run, String activity) {
    return startedIfEnded(run, activity).orElseThrow();
  }

  private Optional<ActivityTaskStartedEventAttributes> startedIfEnded(
      WorkflowStub run, String activity) {
    long scheduled = scheduling(run, activity).getEventId();
    return started(run).stream()
        .filter(started -> started.getScheduledEventId() == scheduled)
        .findFirst();
  }

  /** The last attempts of all activities of a run that is over. */
  List<ActivityTaskStartedEventAttributes> started(WorkflowStub run) {
    return events(run).stream()
        .filter(HistoryEvent::hasActivityTaskStartedEventAttributes)
        .map(HistoryEvent::getActivityTaskStartedEventAttributes)
        .toList();
  }

  /** The history of a run. */
  List<HistoryEvent> events(WorkflowStub run) {
    return client.fetchHistory(run.getExecution().getWorkflowId()).getEvents();
  }

  /** Makes a namespace that has nothing registered. */
  void registerNamespace(String name) {
    client
        .getWorkflowServiceStubs()
        .blockingStub()
        .registerNamespace(
            RegisterNamespaceRequest.newBuilder()
                .setNamespace(name)
                .setWorkflowExecutionRetentionPeriod(Duration.newBuilder().setSeconds(86_400))
                .build());
  }

  @Override
  public void close() {
    connected.close();
    temporal.close();
  }
}
