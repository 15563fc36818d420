package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.authority.Epoch;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.HostNeeds;
import dev.mooring.postgres.InstanceState;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.ServerVersion;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.Endpoint;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.StreamingPolicy;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/**
 * The right to write. Each act is one script on the instance's host that holds the lock of the
 * cluster's authority across compare, record, act, observe, and shows the call's token as {@link
 * InstanceActivities} does; nothing here goes over SQL.
 *
 * <p>The authority file of a content names the instance that may write ({@code writer=}), with the
 * epoch and run that last changed it, and the instance that each one there was last made to follow.
 * An instance that may not write and was stopped is fenced: its configuration has a parameter that
 * no server knows ({@code mooring_fenced_epoch_N}), so that every launcher fails (measured), until
 * it is made to follow.
 */
@ActivityInterface
public interface RoleActivities {

  /** Reads every instance of a host and its authority files; changes nothing. */
  RolesObserved observeRoles(ObserveRoles request);

  /**
   * Shows a host the epoch of the call, so that every act that an earlier run still asks for there
   * is refused, and looks as {@link #observeRoles} does under the same lock: nothing that an
   * earlier run asked for comes after that observation. Repeated, it changes nothing.
   */
  RolesObserved ensureEpochRaised(RaiseEpoch request);

  /**
   * Reads the surroundings of an instance that a move depends on, and tries a connection such as it
   * would stream over; changes nothing.
   */
  Surroundings observeSurroundings(ObserveSurroundings request);

  /**
   * Takes the right to write from a running primary: authority first (no instance writes), then the
   * configuration fence, then a fast stop, then the control file says {@code shut down} and where.
   * Repeated, it finds what was done and answers the same; the limit of a stop is that of the first
   * attempt that began it.
   *
   * <p>{@link FailureCode#STOP_TOO_LONG} when the server did not end within the limit: it is fenced
   * then and may still be on its way down. {@link FailureCode#STATE_UNREADABLE} when it ended
   * otherwise than by a clean shutdown.
   */
  HandedOver ensureHandedOver(HandOver request);

  /**
   * Gives the right to write back: server processes that still run on the way down are stopped at
   * once, the fence is removed, the authority names it again, and it runs as the primary it was,
   * after crash recovery if it had to be stopped hard. Harmless if nothing was handed over.
   *
   * <p>Refuses with {@link FailureCode#TWO_PRIMARIES} when the authority of this host says that
   * another took over meanwhile.
   */
  GivenBack revertHandedOver(HandOver request);

  /**
   * The point of no return of a move: verifies that every pause is still in effect, that the old
   * primary's shutdown checkpoint is the last record in the target's own WAL, all of which a
   * promotion replays, writes the target into the authority file, promotes it, and answers once it
   * accepts writes on a new timeline. Repeated after its promotion, it answers the same; once the
   * authority names it, a repeated call looks at no pause and goes only forward.
   *
   * <p>{@link FailureCode#NOT_CAUGHT_UP} before anything was changed when it does not have all of
   * the old primary's WAL; {@link FailureCode#PAUSE_OVER} if a pause is no longer in effect, or
   * can't be verified in time; {@link FailureCode#OUTCOME_UNKNOWN} when it was asked to promote and
   * did not accept writes in time.
   */
  TakenOver ensureTakenOver(TakeOver request);

  /**
   * Bars a promotion whose outcome is not known: no attempt of it acts on this host any more, and
   * the answer says whether it happened. If the server was asked to promote and runs, or has begun
   * its promotion, the promotion is completed. Only then may the old primary be given its right
   * back.
   *
   * <p>{@link FailureCode#OUTCOME_UNKNOWN} if it was asked to promote, and only processes without
   * their postmaster are left, it ended after it began its timeline, or the promotion can't be
   * completed in time.
   */
  PromotionBarred revertTakenOver(TakeOver request);

  /**
   * Makes an instance follow: password file, connection, slot, restore command, {@code
   * recovery_target_timeline = latest}, {@code standby.signal}; then the fence is removed, and it
   * is started, or reloads if it runs as a standby. Repeated, it changes nothing.
   *
   * <p>{@link FailureCode#TWO_PRIMARIES} when it runs and is no standby; {@link
   * FailureCode#STATE_UNREADABLE} when it was not shut down cleanly: it needs more than to follow.
   */
  Following ensureFollowing(Follow request);

  /**
   * Sets the standbys that commits wait for: recorded beside the authority file with the epoch
   * first, then configured and reloaded.
   */
  SynchronousSet ensureSynchronousSet(SetSynchronous request);

  /** The same as the undo of a step: the names are the earlier ones. */
  SynchronousSet revertSynchronousSet(SetSynchronous request);

  /**
   * Records on the host of one member that commits of a primary may have waited for no standby. A
   * failover that reads it claims nothing of that primary's commits, also if the primary and its
   * host are silent.
   */
  RelaxationSet ensureRelaxationRecorded(SetRelaxation request);

  /** Removes that record. Repeated, it changes nothing. */
  RelaxationSet ensureRelaxationCleared(SetRelaxation request);

  /**
   * Records in the authority file of an instance's host what a person changed by hand: of the one
   * that accepts writes that it may, and its configuration fence, which its next start would fail
   * on, is removed; of any other that no instance does there, unless it names that one already,
   * which may be on the same host; and one that is down and would start as a primary is given that
   * fence. Repeated, it changes nothing.
   *
   * <p>{@link FailureCode#NO_PRIMARY} when the one that is to be named does not accept writes;
   * {@link FailureCode#TWO_PRIMARIES} when another runs and is no standby, by its control file too,
   * or left processes that may still commit. If Patroni runs the server, what Patroni asks there is
   * brought up to date.
   */
  Adopted ensureAdopted(Adopt request);

  /**
   * Records on the host of an instance that no instance there may write, whatever is in its data
   * directory. Repeated, it changes nothing.
   */
  Adopted ensureNobodyNamed(NameNobody request);

  /**
   * The same as {@link #ensureAdopted} if Patroni promotes: the host of the leader, or of the next
   * one, names it; any other that says anything says that Patroni decides. No server is read and no
   * fence is made, which Patroni would fail on. What Patroni asks there is brought up to date.
   */
  Adopted ensurePatroniLet(Adopt request);

  /** The same as the undo of a promotion that was not made: another is the leader still. */
  Adopted revertPatroniLet(Adopt request);

  record ObserveRoles(Call call, HostWork on) implements OnHost {}

  /** Raises the epoch of a host, for the contents of those instances. */
  record RaiseEpoch(Call call, HostWork on) implements OnHost {}

  /**
   * A reading of the surroundings of an instance.
   *
   * @param on one instance
   * @param needs what it needs of its host as a copy of the primary
   * @param files its configuration files
   * @param upstream the member that it would stream from after a move: one, or none
   */
  record ObserveSurroundings(
      Call call, HostWork on, HostNeeds needs, List<String> files, List<Upstream> upstream)
      implements OnHost {
    public ObserveSurroundings {
      files = List.copyOf(files);
      upstream = List.copyOf(upstream);
    }
  }

  /**
   * The surroundings of an instance.
   *
   * @param ownership the owner of its data directory
   * @param software the programs and the C library of its host
   * @param configuration what its server would read at its next start
   * @param missing what it needs as a copy and its host has not, one sentence each
   * @param managers others that start, stop or promote servers there
   * @param trial of a connection to the member that it would stream from: one, or none
   */
  record Surroundings(
      InstanceId instance,
      Ownership ownership,
      HostSoftware software,
      Configuration configuration,
      List<String> missing,
      List<String> managers,
      List<Trial> trial) {
    public Surroundings {
      missing = List.copyOf(missing);
      managers = List.copyOf(managers);
      trial = List.copyOf(trial);
    }
  }

  /**
   * The software of a host.
   *
   * @param program version of the server program that the next start of the instance would run
   * @param lackingPrograms the programs that the runbooks need and its directory of programs has
   *     not
   * @param libc the C library, by whose locales texts are sorted; empty if it is not reported
   */
  record HostSoftware(ServerVersion program, List<String> lackingPrograms, String libc) {
    public HostSoftware {
      lackingPrograms = List.copyOf(lackingPrograms);
    }
  }

  /**
   * The configuration files of an instance, whether its server runs or not.
   *
   * @param unreadable those that can't be read on its host, one sentence each
   * @param next what its server would start with: one, or none if that can't be asked
   * @param dataDirectory what the server that runs in its data directory calls it; empty if none
   *     runs there
   */
  record Configuration(
      List<String> unreadable,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<StartSettings> next,
      String dataDirectory) {
    public Configuration {
      unreadable = List.copyOf(unreadable);
      next = List.copyOf(next);
    }
  }

  /**
   * Settings of a start, as {@code postgres -C} prints them with the options of the last start.
   *
   * @param slots max_replication_slots
   */
  record StartSettings(
      String archiveMode, String hotStandby, String walLevel, int slots, StandbyLimits limits) {}

  /**
   * The owner of a data directory, and whether Mooring's own directory on that host can be written.
   *
   * @param login the account that commands run as there
   * @param mode in octal, such as 700
   * @param mounts its name if it is a mount, which can't be renamed; else empty
   * @param unwritable what that account can't write of Mooring's directory: one sentence, or none
   */
  record Ownership(
      String login,
      String owner,
      String mode,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> mounts,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<String> unwritable) {
    public Ownership {
      mounts = List.copyOf(mounts);
      unwritable = List.copyOf(unwritable);
    }
  }

  /**
   * A replication connection that was tried.
   *
   * @param system the system identifier that answered; empty if none did
   * @param words what was said else
   */
  record Trial(String system, String words) {}

  /**
   * A host as it shows the right to write there.
   *
   * @param disks the file systems of each instance's data directory and pg_wal, as far as read
   * @param consumed the running instances whose server a consume started
   * @param startUnread those of which that could not be read
   */
  record RolesObserved(
      HostName host,
      Epoch highestEpoch,
      List<InstanceRole> roles,
      List<InstanceFailure> failures,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<DiskUsed> disks,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<InstanceId> consumed,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<InstanceId> startUnread) {
    public RolesObserved {
      roles = List.copyOf(roles);
      failures = List.copyOf(failures);
      disks = List.copyOf(disks);
      consumed = List.copyOf(consumed);
      startUnread = List.copyOf(startUnread);
    }

    /** For a host that did not answer. */
    public RolesObserved(
        HostName host,
        Epoch highestEpoch,
        List<InstanceRole> roles,
        List<InstanceFailure> failures) {
      this(host, highestEpoch, roles, failures, List.of(), List.of(), List.of());
    }
  }

  /**
   * A file system with data or WAL of an instance.
   *
   * @param directory where it is mounted
   * @param percent how much of it is used, as {@code df} shows it
   */
  record DiskUsed(InstanceId instance, String directory, int percent) {}

  /**
   * One instance as its host shows it.
   *
   * @param control what pg_controldata says
   * @param start what its next start would be
   * @param authority what the authority file of its content says on this host
   * @param followed what it has followed
   * @param hooks Patroni's hooks and callbacks there, if it runs the instance; one, or none
   */
  record InstanceRole(
      InstanceId instance,
      InstanceObserved.ServerProcess process,
      ControlData control,
      NextStart start,
      Authority authority,
      FollowedBefore followed,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<PatroniHooks> hooks) {
    public InstanceRole {
      hooks = List.copyOf(hooks);
    }

    /** A signal file says what its next start would be; one in production accepts writes now. */
    public boolean standsBy() {
      return start.standbySignal() && control.state() != InstanceState.IN_PRODUCTION;
    }

    /** Its next start would be a primary's, and no fence is there to fail it. */
    public boolean wouldWrite() {
      return process == InstanceObserved.ServerProcess.STOPPED
          && !start.standbySignal()
          && start.fencedEpoch() == 0;
    }
  }

  /**
   * What decides how a server starts.
   *
   * @param standbySignal standby.signal is there
   * @param recoverySignal recovery.signal is there
   * @param fencedEpoch of the configuration fence; 0 without one
   * @param guarded whether mooring-guard is a file on this host; that a launcher calls it is not
   *     seen
   * @param waits the standbys its commits wait for: of one that would start as a primary and has no
   *     fence, if its configuration can be read; else nothing
   */
  record NextStart(
      boolean standbySignal,
      boolean recoverySignal,
      long fencedEpoch,
      boolean guarded,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<CommitsWait> waits) {
    public NextStart {
      waits = List.copyOf(waits);
    }
  }

  /**
   * The right to write, and what is recorded beside it.
   *
   * @param writer the instance; {@code none} between a hand-over and what follows it; empty if no
   *     move was made yet
   * @param epoch of the run that last changed it; 0 if no move was made yet
   * @param run that last changed it, or empty
   * @param newBoot the boot of the host, if the instance that was read is the writer, was named in
   *     another boot, and its start guard waits for a permit in this one; else empty
   * @param relaxed primaries whose commits may have waited for no standby, as this host has it
   *     recorded
   */
  record Authority(
      String writer,
      long epoch,
      String run,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          String newBoot,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY)
          List<Relaxed> relaxed) {
    /** The word for it that no instance may write. */
    public static final String NOBODY = "none";

    public Authority {
      relaxed = List.copyOf(relaxed);
    }

    /** Without a record that commits waited for no standby. */
    public Authority(String writer, long epoch, String run, String newBoot) {
      this(writer, epoch, run, newBoot, List.of());
    }
  }

  /**
   * A record that commits of a primary may have waited for no standby.
   *
   * @param timeline that the primary wrote
   * @param epoch of the run that recorded it
   */
  record Relaxed(InstanceId primary, TimelineId timeline, long epoch) {}

  /**
   * What an instance has followed.
   *
   * @param instances the one that a run last made it follow, as the authority file has it; one, or
   *     none
   * @param timelines the highest of which it has the history file: it followed a primary of it,
   *     though its control file may not show that yet; one, or none
   */
  record FollowedBefore(List<Followed> instances, List<TimelineId> timelines) {
    public FollowedBefore {
      instances = List.copyOf(instances);
      timelines = List.copyOf(timelines);
    }
  }

  /** The instance that one was made to follow, in which epoch. */
  record Followed(InstanceId upstream, long epoch) {}

  /**
   * Takes the right to write.
   *
   * @param on one instance, the primary
   * @param stopWithin how long its server may take to end
   */
  record HandOver(Call call, HostWork on, Duration stopWithin) implements OnHost {}

  /**
   * The end of the old primary.
   *
   * @param timeline it wrote on
   * @param checkpoint location of its shutdown checkpoint's record
   */
  record HandedOver(
      InstanceId instance, SystemIdentifier system, TimelineId timeline, Lsn checkpoint) {}

  /**
   * An instance that may write again.
   *
   * @param wasFenced whether anything had been handed over
   * @param crashRecovery whether it had to be stopped before it was shut down, so that its start
   *     replayed WAL
   */
  record GivenBack(InstanceId instance, boolean wasFenced, boolean crashRecovery) {}

  /**
   * What the new primary must have, and be.
   *
   * @param on one instance, the target
   * @param end of the old primary
   * @param pauses that must last for another quarter of promoteWithin, 2 s at least, 30 s at most
   * @param promoteWithin how long it may take
   */
  record TakeOver(
      Call call, HostWork on, HandedOver end, List<PauseToSee> pauses, Duration promoteWithin)
      implements OnHost {
    public TakeOver {
      pauses = List.copyOf(pauses);
    }
  }

  /**
   * A pause that must still be in effect, and where it is read.
   *
   * @param marker as {@link EndpointActivities.Paused} gave it
   */
  record PauseToSee(Endpoint.PgBouncer endpoint, Host host, String marker) {}

  /**
   * The new primary.
   *
   * @param timeline it writes on
   * @param fork where the old primary's timeline was left; one that a server began as it was killed
   *     may lie between
   */
  record TakenOver(InstanceId instance, TimelineId timeline, Lsn fork) {}

  /**
   * The result of a promotion.
   *
   * @param taken the new primary, if it was promoted; none if it was not and never will be by this
   *     run
   */
  record PromotionBarred(InstanceId instance, List<TakenOver> taken) {
    public PromotionBarred {
      taken = List.copyOf(taken);
    }
  }

  /**
   * Makes an instance follow.
   *
   * @param on one instance
   * @param upstream what it streams from; none for one that is fed by the archive alone
   * @param restoreCommand with %f and %p; empty for none
   * @param ofHost all members of that host: if its authority names another instance, no instance
   *     may write there from then on
   * @param database which it synchronizes slots by, from version 17 on
   */
  record Follow(
      Call call,
      HostWork on,
      List<Upstream> upstream,
      String restoreCommand,
      List<InstanceId> ofHost,
      String database)
      implements OnHost {
    public Follow {
      upstream = List.copyOf(upstream);
      ofHost = List.copyOf(ofHost);
    }
  }

  /**
   * A server to stream from, and how.
   *
   * @param host its address
   * @param login whose password {@code pgpass} means the password file of the standby's own account
   * @param application the standby's application_name there
   * @param slot the standby's slot there
   */
  record Upstream(
      InstanceId instance,
      String host,
      int port,
      StreamingPolicy.Login login,
      String application,
      String slot) {}

  /**
   * An instance that follows.
   *
   * @param changed what had to be done, one word each: passfile, configuration, signal, fence,
   *     start, reload; none if all was so
   * @param before values that were replaced, as {@code name = value}, passwords masked
   */
  record Following(InstanceId instance, List<String> changed, List<String> before) {
    public Following {
      changed = List.copyOf(changed);
      before = List.copyOf(before);
    }
  }

  /**
   * The standbys that commits wait for.
   *
   * @param on one instance, the primary, or a standby for the day it is one
   * @param names value of synchronous_standby_names
   * @param commit value of synchronous_commit; empty to leave it
   */
  record SetSynchronous(Call call, HostWork on, String names, String commit) implements OnHost {}

  record SynchronousSet(InstanceId instance, String namesBefore, boolean changed) {}

  /**
   * That commits of a primary may have waited for no standby.
   *
   * @param on one instance, on whose host that is recorded
   * @param timeline that the primary writes
   */
  record SetRelaxation(Call call, HostWork on, InstanceId primary, TimelineId timeline)
      implements OnHost {}

  record RelaxationSet(InstanceId instance, boolean changed) {}

  /** Records on the host of one instance which accepts writes. */
  record Adopt(Call call, HostWork on, InstanceId writer) implements OnHost {}

  /**
   * Records that no instance may write, on the host of one instance.
   *
   * @param epoch since which another may, by the host of that one; as if it had been recorded here
   *     then: a later one would say that the right to write was taken from that instance too
   * @param run of that epoch; empty for this one
   */
  record NameNobody(Call call, HostWork on, long epoch, String run) implements OnHost {}

  /** What is recorded, and the instance that the authority of its host named before. */
  record Adopted(InstanceId instance, String before) {}
}
