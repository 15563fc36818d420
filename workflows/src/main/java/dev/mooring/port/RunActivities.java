package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a run asks of Temporal itself about other runs. */
@ActivityInterface
public interface RunActivities {

  /** Describes a lock and its holder. */
  LockObserved observeLock(ObserveLock request);

  /**
   * Terminates the one lock run that was described; another run under the same id is left alone.
   */
  LockReleased releaseLock(ReleaseLock request);

  /**
   * Asks the open run of a lock's holder to end and to undo its steps, or ends it at once: never a
   * later run that took its id.
   */
  RunStopped ensureRunStopped(StopRun request);

  /**
   * Signals to the DrConsume that runs at a site, started by any person under any id, that there is
   * a newer point; if none runs, starts one as a run of its own.
   */
  ConsumerStarted ensureConsumer(EnsureConsumer request);

  /** The open runs of a cluster, and its existing schedules. */
  ServiceObserved observeService(ObserveService request);

  /** Whether a watch of the cluster runs, and whether a person paused its automation. */
  Monitoring observeMonitoring(ObserveMonitoring request);

  /**
   * Which watch is asked.
   *
   * @param workflowId the id that it has while it runs
   */
  record ObserveMonitoring(String workflowId) {}

  /**
   * What the watch of a cluster says.
   *
   * @param watched whether it runs
   * @param pauses the person who paused automation: one, or none
   */
  record Monitoring(
      boolean watched,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Pause> pauses) {
    public Monitoring {
      pauses = List.copyOf(pauses);
    }
  }

  /**
   * A pause of what acts alone.
   *
   * @param until when it ends by itself; nothing if a person ends it
   */
  record Pause(
      String by,
      String reason,
      Instant since,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Instant> until) {
    public Pause {
      until = List.copyOf(until);
    }

    /** The person, the reason and the end. */
    public String inWords() {
      return "paused by "
          + by
          + ": "
          + reason
          + until.stream().findFirst().map(end -> ", until " + end).orElse("");
    }
  }

  record ObserveLock(String lockId) {}

  /**
   * The state of a lock.
   *
   * @param state whether the lock is held
   * @param lockRun the run id of the lock workflow described, or empty
   * @param holder the run it was taken for, as it was given; empty when there is none
   */
  record LockObserved(LockState state, String lockRun, Holder holder) {}

  enum LockState {
    /** No open run has the lock's id. */
    FREE,
    HELD,
    /** The lock's holder has no open run. */
    ABANDONED
  }

  /**
   * The holder of a lock.
   *
   * @param workflowId the holder's workflow id
   * @param originalRun its original run id, which survives a reset
   * @param what the runbook in words, for the one who is refused
   */
  record Holder(String workflowId, String originalRun, String what) {}

  record ReleaseLock(String lockId, String lockRun) {}

  record LockReleased(boolean terminated) {}

  /**
   * The end of a run.
   *
   * @param holder as the lock has it
   * @param why for the run's history
   * @param atOnce whether it is terminated, and takes nothing back
   */
  record StopRun(Holder holder, String why, boolean atOnce) {}

  /**
   * The result.
   *
   * @param wasOpen whether there was such a run
   */
  record RunStopped(boolean wasOpen) {}

  /**
   * The consumer that is to run.
   *
   * @param workflowId the id to start under
   * @param publishedBy the run that signals, for the consumer's receipt
   * @param ending the id of the consumer that asks for the next one and is not to be signalled
   *     itself; empty when a publish asks
   */
  record EnsureConsumer(
      ClusterName cluster, SiteName site, String workflowId, String publishedBy, String ending) {}

  /**
   * The run that a publish started or signalled.
   *
   * @param workflowId the consumer's
   * @param started false when one ran already and was signalled
   */
  record ConsumerStarted(String workflowId, String runId, boolean started) {

    /** The result, as a sentence. */
    public String inWords() {
      return workflowId + (started ? " was started" : " runs and was signalled");
    }
  }

  /**
   * What is asked of Temporal.
   *
   * @param scheduleIds the ids that schedules of this cluster may have
   */
  record ObserveService(ClusterName cluster, List<String> scheduleIds) {
    public ObserveService {
      scheduleIds = List.copyOf(scheduleIds);
    }
  }

  /**
   * What Temporal knows of a cluster.
   *
   * @param open its open runs, newest first
   */
  record ServiceObserved(List<OpenRun> open, List<ScheduleStanding> schedules) {
    public ServiceObserved {
      open = List.copyOf(open);
      schedules = List.copyOf(schedules);
    }
  }

  /**
   * An open run.
   *
   * @param step its current step, or empty
   */
  record OpenRun(String workflowId, String runbook, Instant startedAt, String step) {}

  /**
   * A schedule.
   *
   * @param every its interval
   * @param paused whether it starts nothing now
   * @param note why it is paused, or what was noted last
   * @param next when it starts the next run, if it does
   */
  record ScheduleStanding(
      String id, Duration every, boolean paused, String note, List<Instant> next) {
    public ScheduleStanding {
      next = List.copyOf(next);
    }
  }
}
