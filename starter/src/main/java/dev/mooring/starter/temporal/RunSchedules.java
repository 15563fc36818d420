package dev.mooring.starter.temporal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mooring.port.ActivityPolicies;
import dev.mooring.starter.console.CommandFailure;
import dev.mooring.wire.RawRequest;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.schedules.Schedule;
import io.temporal.client.schedules.ScheduleActionStartWorkflow;
import io.temporal.client.schedules.ScheduleAlreadyRunningException;
import io.temporal.client.schedules.ScheduleClient;
import io.temporal.client.schedules.ScheduleClientOptions;
import io.temporal.client.schedules.ScheduleDescription;
import io.temporal.client.schedules.ScheduleException;
import io.temporal.client.schedules.ScheduleHandle;
import io.temporal.client.schedules.ScheduleIntervalSpec;
import io.temporal.client.schedules.ScheduleOptions;
import io.temporal.client.schedules.SchedulePolicy;
import io.temporal.client.schedules.ScheduleSpec;
import io.temporal.client.schedules.ScheduleUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The schedules that start runbooks. One that exists is brought up to date and keeps its pause;
 * runs of one schedule never overlap, and after an outage at most the last minute is caught up.
 */
public final class RunSchedules {
  /** The shortest time between two runs: each point ends a WAL file everywhere. */
  public static final Duration LEAST_INTERVAL = Duration.ofSeconds(10);

  private static final Duration CATCH_UP = Duration.ofMinutes(1);

  private final ScheduleClient client;

  /** The schedules of that server's namespace. */
  public RunSchedules(TemporalServer server) {
    this.client =
        ScheduleClient.newInstance(
            server.stubs(),
            ScheduleClientOptions.newBuilder()
                .setNamespace(server.namespace())
                .setDataConverter(server.client().getOptions().getDataConverter())
                .build());
  }

  /**
   * What a schedule starts.
   *
   * @param id its own id, and the beginning of its runs' ids
   * @param runbook the workflow type
   * @param request the runs' input
   * @param every how often
   */
  public record Plan(String id, String runbook, ObjectNode request, Duration every) {}

  /** Makes the schedule, or brings the one there is up to date; true when it was made. */
  public boolean apply(Plan plan) {
    Schedule schedule = schedule(plan);
    try {
      client.createSchedule(plan.id(), schedule, ScheduleOptions.newBuilder().build());
      return true;
    } catch (ScheduleAlreadyRunningException there) {
      client
          .getHandle(plan.id())
          .update(
              input ->
                  new ScheduleUpdate(
                      Schedule.newBuilder(schedule)
                          .setState(input.getDescription().getSchedule().getState())
                          .build()));
      return false;
    }
  }

  private static Schedule schedule(Plan plan) {
    return Schedule.newBuilder()
        .setAction(
            ScheduleActionStartWorkflow.newBuilder()
                .setWorkflowType(plan.runbook())
                .setArguments(new RawRequest(plan.request()))
                .setOptions(
                    WorkflowOptions.newBuilder()
                        .setWorkflowId(plan.id())
                        .setTaskQueue(ActivityPolicies.SHARED_QUEUE)
                        // summary and details only together: the SDK can't read back the one
                        // without the other
                        .setStaticSummary(plan.runbook() + ", scheduled")
                        .setStaticDetails("every " + plan.every())
                        .build())
                .build())
        .setSpec(
            ScheduleSpec.newBuilder()
                .setIntervals(List.of(new ScheduleIntervalSpec(plan.every())))
                .build())
        .setPolicy(
            SchedulePolicy.newBuilder()
                .setOverlap(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP)
                .setCatchupWindow(CATCH_UP)
                .build())
        .build();
  }

  /** What is known of a schedule; nothing when there is none of that id. */
  public Optional<ScheduleDescription> find(String id) {
    try {
      return Optional.of(client.getHandle(id).describe());
    } catch (ScheduleException absent) {
      if (absent.getCause() instanceof StatusRuntimeException status
          && status.getStatus().getCode() == io.grpc.Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw absent;
    }
  }

  /** The schedule of that id, to be paused, resumed, triggered or removed. */
  public ScheduleHandle handle(String id) {
    if (find(id).isEmpty()) {
      throw CommandFailure.failed(
          "there is no schedule " + id, "`mooring schedule apply` makes it");
    }
    return client.getHandle(id);
  }
}
