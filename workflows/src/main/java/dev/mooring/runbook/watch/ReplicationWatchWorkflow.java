package dev.mooring.runbook.watch;

import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.runbook.Progress;
import dev.mooring.wire.RawRequest;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import org.jspecify.annotations.Nullable;

/**
 * Watches a cluster that streams until it is cancelled: changes nothing itself, takes no lock,
 * leaves no receipt. By policy it starts one StartPrimary after a reboot of the primary's host, and
 * one Resilver if a standby does not stream. Its history grows with each change. Started by a
 * schedule, it starts the watch if none is open, and ends. If it begins paused for a cluster that
 * it can't watch, it keeps the pause alone until that is over. Runbook page: {@code
 * docs/runbooks/replication-watch.md}.
 */
@WorkflowInterface
public interface ReplicationWatchWorkflow {

  /**
   * Watches; see {@link WatchRequest} for the request.
   *
   * @param carried the state of the run before; nothing if a person starts it
   * @param carriedNotices the notices of that run; nothing if it sent none
   */
  @WorkflowMethod(name = "ReplicationWatch")
  void watch(
      RawRequest request, @Nullable WatchState carried, @Nullable NoticesCarried carriedNotices);

  /** The run's progress. */
  @QueryMethod
  Progress progress();

  /** The watch's state. */
  @QueryMethod
  WatchState watched();

  /** Whether a person paused the automatic acts. */
  @QueryMethod
  Monitoring monitoring();

  /**
   * Pauses the automatic acts: {@code {"by":"alice","reason":"new disks","until":"PT2H"}}; until is
   * a time or a duration from now, and may be left out.
   */
  @UpdateMethod
  String pause(RawRequest pause);

  /** Refuses a pause that can't be understood; a refused one leaves no event. */
  @UpdateValidatorMethod(updateName = "pause")
  void validatePause(RawRequest pause);

  /** Ends the pause: {@code {"by":"alice"}}. */
  @UpdateMethod
  String resume(RawRequest resume);

  /** Refuses a request that can't be understood; a refused one leaves no event. */
  @UpdateValidatorMethod(updateName = "resume")
  void validateResume(RawRequest resume);
}
