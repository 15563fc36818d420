package dev.mooring.starter.temporal;

import dev.mooring.starter.console.CommandFailure;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.ScheduleOverlapPolicy;
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
import io.temporal.client.schedules.ScheduleState;
import io.temporal.client.schedules.ScheduleUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The schedules that start runs. A schedule has the id that its runs would have when typed; its
 * runs have the time added, so they exclude each other through the cluster's lock, not by id.
 */
public final class Schedules {
  /** After an outage the runs that were missed are not made up for: one now is enough. */
  private static final Duration CATCH_UP = Duration.ofMinutes(1);

  private final TemporalServer server;
  private final ScheduleClient client;

  /** The schedules there. */
  public Schedules(TemporalServer server) {
    this.server = server;
    this.client =
        ScheduleClient.newInstance(
            server.stubs(),
            ScheduleClientOptions.newBuilder()
                .setNamespace(server.namespace())
                .setDataConverter(server.client().getOptions().getDataConverter())
                .build());
  }

  /**
   * A schedule as it stands.
   *
   * @param every its interval
   * @param paused whether it starts nothing now
   * @param note why it is paused, or what was noted last
   * @param next when it starts the next run, if it does
   */
  public record Standing(
      String id, Duration every, boolean paused, String note, Optional<Instant> next) {}

  /** Makes the schedule be so; one that is there keeps its pause and its note. */
  public String apply(RunOrder order, Duration every) {
    Schedule wanted = schedule(order, every, ScheduleState.newBuilder().build());
    try {
      client.createSchedule(order.workflowId(), wanted, ScheduleOptions.newBuilder().build());
      return "created";
    } catch (ScheduleAlreadyRunningException there) {
      update(order, every);
      return "updated";
    } catch (ScheduleException failure) {
      throw told(failure);
    }
  }

  private void update(RunOrder order, Duration every) {
    on(
        order.workflowId(),
        handle ->
            handle.update(
                input ->
                    new ScheduleUpdate(
                        schedule(order, every, input.getDescription().getSchedule().getState()))));
  }

  private static Schedule schedule(RunOrder order, Duration every, ScheduleState state) {
    return Schedule.newBuilder()
        .setAction(
            ScheduleActionStartWorkflow.newBuilder()
                .setWorkflowType(order.workflow())
                .setArguments(order.request())
                .setOptions(RunStarts.options(order))
                .build())
        .setSpec(
            ScheduleSpec.newBuilder()
                .setIntervals(List.of(new ScheduleIntervalSpec(every)))
                .build())
        .setPolicy(
            SchedulePolicy.newBuilder()
                .setOverlap(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP)
                .setCatchupWindow(CATCH_UP)
                .build())
        .setState(state)
        .build();
  }

  /** The schedule of that id, if there is one. */
  public Optional<Standing> find(String id) {
    try {
      return Optional.of(standing(client.getHandle(id).describe()));
    } catch (ScheduleException failure) {
      if (isMissing(failure)) {
        return Optional.empty();
      }
      throw told(failure);
    }
  }

  private static Standing standing(ScheduleDescription found) {
    ScheduleState state = found.getSchedule().getState();
    return new Standing(
        found.getId(),
        found.getSchedule().getSpec().getIntervals().stream()
            .map(ScheduleIntervalSpec::getEvery)
            .findFirst()
            .orElse(Duration.ZERO),
        state.isPaused(),
        Optional.ofNullable(state.getNote()).orElse(""),
        state.isPaused()
            ? Optional.empty()
            : found.getInfo().getNextActionTimes().stream().findFirst());
  }

  /** Starts nothing more until it is resumed; runs under way go on. */
  public void pause(String id, String note) {
    on(id, handle -> handle.pause(note));
  }

  /** Starts runs again. */
  public void resume(String id, String note) {
    on(id, handle -> handle.unpause(note));
  }

  /** Starts a run now, as the schedule would. */
  public void trigger(String id) {
    on(id, handle -> handle.trigger(ScheduleOverlapPolicy.SCHEDULE_OVERLAP_POLICY_SKIP));
  }

  /** Takes it away; runs under way go on. */
  public void remove(String id) {
    on(id, ScheduleHandle::delete);
  }

  private void on(String id, Consumer<ScheduleHandle> act) {
    try {
      act.accept(client.getHandle(id));
    } catch (ScheduleException failure) {
      if (isMissing(failure)) {
        throw CommandFailure.refused(
            "there is no schedule " + id, "`mooring schedule apply` makes it");
      }
      throw told(failure);
    }
  }

  private static boolean isMissing(ScheduleException failure) {
    return failure.getCause() instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.NOT_FOUND;
  }

  private RuntimeException told(ScheduleException failure) {
    return failure.getCause() instanceof StatusRuntimeException status
        ? server.refusal(status)
        : failure;
  }
}
