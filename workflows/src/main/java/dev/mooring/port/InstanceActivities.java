package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.authority.Epoch;
import dev.mooring.evidence.ArchivedWal;
import dev.mooring.evidence.RestorePointName;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.StartLog;
import dev.mooring.postgres.WalFileName;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.Site;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/**
 * What is seen and done on the host of an instance, one call per host and step. Each answer holds
 * every instance asked for exactly once: in its list of results or in its list of failures. A call
 * throws only when the host as a whole could not be asked.
 *
 * <p>{@code ensure…} compares the call's token (epoch, ordinal, attempt) with the authority file
 * under its lock and refuses a lower one with {@link FailureCode#EPOCH_REFUSED}; repeated, it finds
 * what was done and answers the same.
 */
@ActivityInterface
public interface InstanceActivities {

  /**
   * Reads every instance of a host; changes nothing. One that is a base backup of a primary,
   * without a backup_manifest, fails with {@link FailureCode#WAL_MISSING} if the archive has no
   * history file of it, and with {@link FailureCode#STATE_UNREADABLE} if the archive is away or
   * hangs.
   */
  HostObserved observeInstances(ObserveInstances request);

  /**
   * Reads the current WAL file of running instances that can't be asked over SQL; changes nothing.
   */
  ReplayObserved observeReplay(ObserveReplay request);

  /** Looks whether a host has what the runbooks need for each of its instances; changes nothing. */
  FitnessObserved observeFitness(ObserveFitness request);

  /** Looks what instances archive with, or would once promoted, running or not; changes nothing. */
  ArchivingObserved observeArchiving(ObserveInstances request);

  /** Looks whether a host has what copies of production need there; changes nothing. */
  NeedsObserved observeNeeds(ObserveNeeds request);

  /** Reads what a standby that serves reads is measured by, running or not; changes nothing. */
  LimitsObserved observeLimits(ObserveInstances request);

  /**
   * Writes target, gate and standby.signal of stopped instances, or beside running ones for their
   * next start; proves with {@code postgres -C} what the server would run with. The directory of
   * another system is refused, and that of one that is or was a primary.
   */
  TargetsSet ensureTarget(EnsureTarget request);

  /**
   * Puts back what {@link #ensureTarget} of this run replaced; instances that had started stay as
   * they are.
   */
  TargetsReverted revertTarget(EnsureTarget request);

  /**
   * Starts each instance once towards its target, its log in a file of this start; one that runs is
   * stopped fast first. A start already made under the same number is not made again.
   */
  ReplayStarted ensureReplaying(EnsureReplaying request);

  /**
   * Waits until every instance is down, or paused if it is to be parked readable, for at most
   * {@code atMost}; then reports the position of each. That one is down or paused is reported at
   * once in the heartbeat's details, with how it ended.
   */
  ReplayAwaited awaitParked(AwaitParked request);

  /**
   * Reads what proves that an instance is parked: control file, log of its start, archived bytes. A
   * log that is not there or can't be read fails with {@link FailureCode#STATE_UNREADABLE}, here
   * and in {@link #awaitParked}; one that lost its content is answered, and says nothing.
   */
  ParkedObserved observeParked(ObserveParked request);

  /**
   * Stops what runs, fast; an instance that is down stays as it is, and so does one that accepts
   * writes, refused with {@link FailureCode#PROMOTED}.
   */
  InstancesStopped ensureStopped(EnsureStopped request);

  /**
   * What is read.
   *
   * @param histories where the ends of base backups are read whose data directories do not have it
   *     them, one; none, also in histories of releases that did not ask: such an instance is
   *     unreadable
   */
  record ObserveInstances(
      Call call,
      HostWork on,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<HistoryArchive> histories)
      implements OnHost {
    public ObserveInstances {
      histories = List.copyOf(histories);
    }

    /** An observation for which no archive is asked. */
    public ObserveInstances(Call call, HostWork on) {
      this(call, on, List.of());
    }

    /**
     * An observation.
     *
     * @param archive the archive of the site
     * @param atMost how long that is asked again while it is away
     */
    public ObserveInstances(Call call, HostWork on, Site.Archive archive, Duration atMost) {
      this(call, on, List.of(new HistoryArchive(archive, atMost)));
    }
  }

  /**
   * Where the history files of base backups are: PostgreSQL before 13, and with it Greenplum 7,
   * writes no backup_manifest, and the end of a backup is in that archived file.
   *
   * @param archive the site's WAL archive
   * @param atMost how long it is asked again while it is away; zero is one observation
   */
  record HistoryArchive(Site.Archive archive, Duration atMost) {}

  record HostObserved(
      HostName host,
      Epoch highestEpoch,
      List<InstanceObserved> observed,
      List<InstanceFailure> failures) {
    public HostObserved {
      observed = List.copyOf(observed);
      failures = List.copyOf(failures);
    }
  }

  record ObserveReplay(Call call, HostWork on) implements OnHost {}

  record ReplayObserved(HostName host, List<ReplayPlace> places, List<InstanceFailure> failures) {
    public ReplayObserved {
      places = List.copyOf(places);
      failures = List.copyOf(failures);
    }
  }

  /**
   * Where a running instance is, by the title of its startup process.
   *
   * @param walFile the file it replays or waits for; it has read all before it
   * @param waiting true when it waits for that file
   */
  record ReplayPlace(InstanceId instance, WalFileName walFile, boolean waiting) {}

  /**
   * What fitness is asked about.
   *
   * @param archive the site's WAL archive, to be read on this host
   */
  record ObserveFitness(Call call, HostWork on, Site.Archive archive) implements OnHost {}

  record FitnessObserved(
      HostName host, List<InstanceFitness> observed, List<InstanceFailure> failures) {
    public FitnessObserved {
      observed = List.copyOf(observed);
      failures = List.copyOf(failures);
    }
  }

  /**
   * Whether a host is fit to run an instance's runbooks.
   *
   * @param ownership the owner of its data directory, and Mooring's own
   * @param software its versions
   * @param limits what a standby that serves reads is measured by, as {@code postgres -C} prints it
   * @param missingPrograms programs the runbooks need and the directory of programs has not
   * @param archiveTrouble why the archive directory can't be read there; empty when it can
   */
  record InstanceFitness(
      InstanceId instance,
      RoleActivities.Ownership ownership,
      InstanceObserved.Software software,
      StandbyLimits limits,
      List<String> missingPrograms,
      String archiveTrouble) {
    public InstanceFitness {
      missingPrograms = List.copyOf(missingPrograms);
    }
  }

  record ArchivingObserved(
      HostName host, List<InstanceArchiving> observed, List<InstanceFailure> failures) {
    public ArchivingObserved {
      observed = List.copyOf(observed);
      failures = List.copyOf(failures);
    }
  }

  /**
   * What an instance archives with, as {@code postgres -C} prints it.
   *
   * @param command archive_command, masked: {@link dev.mooring.postgres.ArchiveCommand#masked}
   * @param library archive_library; empty if the version has none
   */
  record InstanceArchiving(
      InstanceId instance, String mode, String command, String library, String walLevel) {}

  record ObserveNeeds(Call call, HostWork on, List<InstanceNeeds> needs) implements OnHost {
    public ObserveNeeds {
      needs = List.copyOf(needs);
    }
  }

  /** What an instance needs there: what its production needs. */
  record InstanceNeeds(InstanceId instance, HostNeeds needs) {}

  record NeedsObserved(
      HostName host, List<InstanceMissing> observed, List<InstanceFailure> failures) {
    public NeedsObserved {
      observed = List.copyOf(observed);
      failures = List.copyOf(failures);
    }
  }

  /**
   * What an instance needs that is not there.
   *
   * @param missing one sentence each; empty when all is there
   */
  record InstanceMissing(InstanceId instance, List<String> missing) {
    public InstanceMissing {
      missing = List.copyOf(missing);
    }
  }

  record LimitsObserved(
      HostName host, List<InstanceLimits> observed, List<InstanceFailure> failures) {
    public LimitsObserved {
      observed = List.copyOf(observed);
      failures = List.copyOf(failures);
    }
  }

  /** The five settings an instance would start with, as {@code postgres -C} prints them. */
  record InstanceLimits(InstanceId instance, StandbyLimits limits) {}

  record EnsureTarget(Call call, HostWork on, List<InstanceTarget> targets) implements OnHost {
    public EnsureTarget {
      targets = List.copyOf(targets);
    }
  }

  record TargetsSet(HostName host, List<TargetSet> set, List<InstanceFailure> failures) {
    public TargetsSet {
      set = List.copyOf(set);
      failures = List.copyOf(failures);
    }
  }

  /**
   * The target an instance will run with.
   *
   * @param effective what {@code postgres -C} printed after the writing
   * @param cleared settings that were removed, as {@code name = value}, passwords masked
   */
  record TargetSet(InstanceId instance, TargetSettings effective, List<String> cleared) {
    public TargetSet {
      cleared = List.copyOf(cleared);
    }
  }

  record TargetsReverted(HostName host, List<InstanceId> reverted, List<InstanceFailure> failures) {
    public TargetsReverted {
      reverted = List.copyOf(reverted);
      failures = List.copyOf(failures);
    }
  }

  /**
   * Starts the instances of one host towards their target.
   *
   * @param start 1 for the first start of a run, 2 when an instance died on the way and is started
   *     once more
   */
  record EnsureReplaying(Call call, HostWork on, List<InstanceTarget> targets, int start)
      implements OnHost {
    public EnsureReplaying {
      targets = List.copyOf(targets);
    }
  }

  record ReplayStarted(
      HostName host, List<InstanceStarted> started, List<InstanceFailure> failures) {
    public ReplayStarted {
      started = List.copyOf(started);
      failures = List.copyOf(failures);
    }
  }

  /**
   * One start of an instance.
   *
   * @param logFile the log of this start, on the host
   */
  record InstanceStarted(InstanceId instance, String logFile) {}

  record AwaitParked(
      Call call, HostWork on, List<InstanceTarget> targets, int start, Duration atMost)
      implements OnHost {
    public AwaitParked {
      targets = List.copyOf(targets);
    }
  }

  record ReplayAwaited(HostName host, List<ReplaySeen> seen, List<InstanceFailure> failures) {
    public ReplayAwaited {
      seen = List.copyOf(seen);
      failures = List.copyOf(failures);
    }
  }

  /**
   * Where an instance stood when the wait ended.
   *
   * @param running true while it is on its way: false once its postmaster is gone, or recovery is
   *     paused at the target of one that is to be parked readable
   * @param replaying the WAL file its startup process was last seen at, or empty
   * @param waitingFor what its restore gate last could not give it, or empty
   * @param died why it is down short of its target, by the log of this start; empty while it runs
   *     and when it stopped at its target
   */
  record ReplaySeen(
      InstanceId instance, boolean running, String replaying, String waitingFor, String died) {}

  record ObserveParked(Call call, HostWork on, List<InstanceTarget> targets, int start)
      implements OnHost {
    public ObserveParked {
      targets = List.copyOf(targets);
    }
  }

  record ParkedObserved(
      HostName host, List<InstanceParked> parked, List<InstanceFailure> failures) {
    public ParkedObserved {
      parked = List.copyOf(parked);
      failures = List.copyOf(failures);
    }
  }

  /**
   * What was read of an instance that should be parked; the verdict is a decision's.
   *
   * @param instance the instance as observed now
   * @param point the point its start was made for
   * @param log what the log of this start says
   * @param archived the archived files of the target as they are now, digests read anew
   */
  record InstanceParked(
      InstanceObserved instance, RestorePointName point, StartLog log, List<ArchivedWal> archived) {
    public InstanceParked {
      archived = List.copyOf(archived);
    }
  }

  record EnsureStopped(Call call, HostWork on) implements OnHost {}

  record InstancesStopped(HostName host, List<InstanceId> stopped, List<InstanceFailure> failures) {
    public InstancesStopped {
      stopped = List.copyOf(stopped);
      failures = List.copyOf(failures);
    }
  }
}
