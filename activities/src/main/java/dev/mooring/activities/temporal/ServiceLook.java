package dev.mooring.activities.temporal;

import com.google.protobuf.Timestamp;
import dev.mooring.port.FailureCode;
import dev.mooring.port.RunActivities.ObserveService;
import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ScheduleStanding;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.SearchAttributes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleState;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A cluster's open runs and schedules in Temporal. */
final class ServiceLook {
  private static final int OPEN_RUNS_AT_MOST = 20;

  private final WorkflowClient client;
  private final ScheduleClient schedules;

  ServiceLook(WorkflowClient client) {
    this.client = client;
    this.schedules =
        ScheduleClient.newInstance(
            client.getWorkflowServiceStubs(),
            ScheduleClientOptions.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setDataConverter(client.getOptions().getDataConverter())
                .build());
  }

  ServiceObserved at(ObserveService request) {
    try {
      List<ScheduleStanding> standing = new ArrayList<>();
      for (String id : request.scheduleIds()) {
        schedule(id).ifPresent(standing::add);
      }
      return new ServiceObserved(open(request.cluster().value()), standing);
    } catch (StatusRuntimeException | ScheduleException refused) {
      throw ApplicationFailure.newFailureWithCause(
          "Temporal does not answer: " + refused.getMessage(),
          FailureCode.OUTCOME_UNKNOWN.name(),
          refused);
    }
  }

  /** The acting runbooks; the reading ones end before a person could read about them. */
  private List<OpenRun> open(String cluster) {
    String query =
        SearchAttributes.CLUSTER.getName()
            + " = '"
            + cluster
            + "' AND "
            + Runbook.IS_ACTING
            + " AND ExecutionStatus = 'Running'";
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .listWorkflowExecutions(
            ListWorkflowExecutionsRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setPageSize(OPEN_RUNS_AT_MOST)
                .setQuery(query)
                .build())
        .getExecutionsList()
        .stream()
        .map(this::run)
        .toList();
  }

  private OpenRun run(WorkflowExecutionInfo info) {
    Timestamp started = info.getStartTime();
    @Nullable Payload step =
        info.getSearchAttributes().getIndexedFieldsMap().get(SearchAttributes.STEP.getName());
    return new OpenRun(
        info.getExecution().getWorkflowId(),
        info.getType().getName(),
        Instant.ofEpochSecond(started.getSeconds(), started.getNanos()),
        step == null
            ? ""
            : client.getOptions().getDataConverter().fromPayload(step, String.class, String.class));
  }

  private Optional<ScheduleStanding> schedule(String id) {
    try {
      return Optional.of(standing(schedules.getHandle(id).describe()));
    } catch (ScheduleException absent) {
      if (absent.getCause() instanceof StatusRuntimeException status
          && status.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw absent;
    }
  }

  private static ScheduleStanding standing(ScheduleDescription found) {
    ScheduleState state = found.getSchedule().getState();
    return new ScheduleStanding(
        found.getId(),
        found.getSchedule().getSpec().getIntervals().stream()
            .map(ScheduleIntervalSpec::getEvery)
            .findFirst()
            .orElse(Duration.ZERO),
        state.isPaused(),
        Optional.ofNullable(state.getNote()).orElse(""),
        state.isPaused()
            ? List.of()
            : found.getInfo().getNextActionTimes().stream().limit(1).toList());
  }
}
