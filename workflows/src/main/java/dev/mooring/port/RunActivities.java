package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.SiteName;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a run asks Temporal about other runs. */
@ActivityInterface
public interface RunActivities {

  /** Describes a lock and its holder. */
  LockObserved observeLock(ObserveLock request);

  /** Terminates the lock run that was described; another run with the same id is left alone. */
  LockReleased releaseLock(ReleaseLock request);

  /**
   * Asks the open run of a lock's holder to end and undo its steps, or terminates it; never a later
   * run with the same id.
   */
  RunStopped ensureRunStopped(StopRun request);

  /**
   * Signals a newer point to the DrConsume that runs at a site, whatever started it and under any
   * id; if none runs, starts one as an independent run.
   */
  ConsumerStarted ensureConsumer(EnsureConsumer request);

  /** Starts the run by which a watch reacts, once for its workflow id, however it ends. */
  ReactionStarted ensureReaction(EnsureReaction request);

  /** The open runs of a cluster, and its existing schedules. */
  ServiceObserved observeService(ObserveService request);

  /** Whether a watch of the cluster runs, and whether a person paused its automation. */
  Monitoring observeMonitoring(ObserveMonitoring request);

  /**
   * Which watch is asked.
   *
   * @param workflowId its id while it runs
   */
  record ObserveMonitoring(String workflowId) {}

  /**
   * The state of a cluster's watch.
   *
   * @param watched whether it runs, and watches
   * @param pauses the pause of automation: one, or none
   * @param incidents that are open
   */
  record Monitoring(
      boolean watched,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Pause> pauses,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Incident> incidents) {
    public Monitoring {
      pauses = List.copyOf(pauses);
      incidents = List.copyOf(incidents);
    }
  }

  /** The run by which a watch reacts to an incident. */
  enum Reaction {
    /**
     * A Resilver of a standby that does not stream, or whose slot is lost or too large. An incident
     * of a build that knew no other reaction is of this one.
     */
    @JsonEnumDefaultValue
    RESILVER,
    /** A ReplicationSetup: the primary's commits wait, and no standby streams that may confirm. */
    RELAX,
    /** A ReplicationSetup: standbys stream that the primary's commits do not wait for. */
    RESTORE,
    /** A Failover: no member accepts writes. */
    FAILOVER,
    /** A Failover that waits until the primary is gone. */
    AWAIT_FAILURE
  }

  /**
   * A failure to which a watch reacts once.
   *
   * @param instance the standby that is to be resilvered, or the primary whose commits or failure
   *     it is about; the cluster's name if no member accepts writes; {@code standby} in histories
   *     of builds that resilvered alone
   * @param since when the watch saw it
   * @param started whether the run for it was started
   * @param over whether it has ended
   */
  record Incident(
      @JsonSetter(nulls = Nulls.AS_EMPTY) Reaction reaction,
      @JsonAlias("standby") InstanceId instance,
      Instant since,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean started,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean over) {

    /** Whether it is that failure, whatever was done about it. */
    public boolean isOf(Incident other) {
      return isAlike(other) && since.equals(other.since());
    }

    /** Whether it is about the same, whenever it began. */
    public boolean isAlike(Incident other) {
      return reaction == other.reaction() && instance.equals(other.instance());
    }

    /** The same after its run was started. */
    public Incident reactedTo() {
      return new Incident(reaction, instance, since, true, over);
    }

    /** The same, over or not. */
    public Incident over(boolean isOver) {
      return new Incident(reaction, instance, since, started, isOver);
    }
  }

  /**
   * A pause of automation.
   *
   * @param until when it ends automatically; empty if a person must end it
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
   * @param holder the run that took it; empty if there is none
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
   * @param what the runbook in words, for a refused run's message
   */
  record Holder(String workflowId, String originalRun, String what) {}

  record ReleaseLock(String lockId, String lockRun) {}

  record LockReleased(boolean terminated) {}

  /**
   * The end of a run.
   *
   * @param holder from the lock
   * @param why for the run's history
   * @param atOnce whether it is terminated, without any undo
   */
  record StopRun(Holder holder, String why, boolean atOnce) {}

  /**
   * The result.
   *
   * @param wasOpen whether there was such a run
   */
  record RunStopped(boolean wasOpen) {}

  /**
   * The consumer to run.
   *
   * @param workflowId the id to start with
   * @param publishedBy the run that signals, for the consumer's receipt
   * @param ending the id of the consumer that starts the next one and must not be signalled itself;
   *     empty if a publish asks
   */
  record EnsureConsumer(
      ClusterName cluster, SiteName site, String workflowId, String publishedBy, String ending) {}

  /**
   * The run that a publish started or signalled.
   *
   * @param workflowId the consumer's
   * @param started false if one already ran and was signalled
   */
  record ConsumerStarted(String workflowId, String runId, boolean started) {

    /** The result, as a sentence. */
    public String inWords() {
      return workflowId + (started ? " was started" : " runs and was signalled");
    }
  }

  /**
   * The run by which a watch reacts.
   *
   * @param runbook StartPrimary, Resilver, ReplicationSetup or Failover
   * @param instance that of the incident
   * @param incident the boot of the primary's host; when a Failover acts, {@code now} or {@code
   *     primary-down}; otherwise when the incident began
   * @param reason for the run's request
   * @param workflowId that of the one run for this incident
   * @param relax of a ReplicationSetup: whether commits may wait for no standby
   */
  record EnsureReaction(
      ClusterName cluster,
      Runbook runbook,
      InstanceId instance,
      String incident,
      String reason,
      String workflowId,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean relax) {}

  /**
   * The run for that incident.
   *
   * @param started false if it was started before, whether it is open or has ended
   */
  record ReactionStarted(boolean started) {}

  /**
   * The request.
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
   * @param paused whether it is paused
   * @param note why it is paused, or its last note
   * @param next when it starts the next run, if it does
   */
  record ScheduleStanding(
      String id, Duration every, boolean paused, String note, List<Instant> next) {
    public ScheduleStanding {
      next = List.copyOf(next);
    }
  }
}
