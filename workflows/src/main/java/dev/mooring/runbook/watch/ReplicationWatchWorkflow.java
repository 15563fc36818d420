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
 * Watches a cluster that streams until it is cancelled: changes nothing, takes no lock, leaves no
 * receipt. Its history grows with what changes. Runbook page: {@code
 * docs/runbooks/replication-watch.md}.
 */
@WorkflowInterface
public interface ReplicationWatchWorkflow {

  /**
   * Watches; see {@link WatchRequest} for what may be typed.
   *
   * @param carried what the run before it knew; nothing where a person starts it
   * @param carriedNotices what that run sent notices by; nothing if it sent none
   */
  @WorkflowMethod(name = "ReplicationWatch")
  void watch(
      RawRequest request, @Nullable WatchState carried, @Nullable NoticesCarried carriedNotices);

  /** Where the run stands. */
  @QueryMethod
  Progress progress();

  /** What it knows. */
  @QueryMethod
  WatchState watched();

  /** Whether a person paused what acts alone. */
  @QueryMethod
  Monitoring monitoring();

  /**
   * Pauses what acts alone: {@code {"by":"alice","reason":"new disks","until":"PT2H"}}; until is a
   * time or how long from now, and may be left out.
   */
  @UpdateMethod
  String pause(RawRequest pause);

  /** Refuses a pause that can't be understood; a refused one leaves no event. */
  @UpdateValidatorMethod(updateName = "pause")
  void validatePause(RawRequest pause);

  /** Lets it act again: {@code {"by":"alice"}}. */
  @UpdateMethod
  String resume(RawRequest resume);

  /** Refuses what can't be understood; a refused one leaves no event. */
  @UpdateValidatorMethod(updateName = "resume")
  void validateResume(RawRequest resume);
}
