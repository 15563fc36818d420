package dev.mooring.port;

import dev.mooring.port.RoleActivities.PromotionBarred;
import dev.mooring.port.RoleActivities.TakenOver;
import dev.mooring.postgres.ControlData;
import dev.mooring.postgres.Lsn;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.postgres.TimelineId;
import dev.mooring.topology.FenceCommand;
import dev.mooring.topology.Host;
import dev.mooring.topology.HostName;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The right to write if the primary is gone and nothing can be handed over. Each act is one script
 * on the instance's host under the lock of the cluster's authority, as the acts of {@link
 * RoleActivities} are; but for the power of a host, which is switched from elsewhere.
 */
@ActivityInterface
public interface FailoverActivities {

  /**
   * Keeps an old primary from writing in every case: authority first (no instance writes), then the
   * configuration fence, then every process of its server is ended, orphans and halted processes
   * too, and nothing of it is left. A server that answers is given half of the time to end in an
   * orderly way, so that standbys get what it has; after that, and if it is frozen, it is killed.
   * No signal file is made: after such an end {@code pg_rewind} must be able to recover it first
   * (measured). Repeated, it answers the same but for what was found.
   *
   * <p>A server that was being started meanwhile may have read its configuration without the fence,
   * and shows itself some milliseconds later: the promoting run asks once more.
   *
   * <p>{@link FailureCode#NO_PRIMARY} if it is a standby; {@link FailureCode#OUTCOME_UNKNOWN} if
   * processes outlived the limit: it is fenced then, and may still write.
   *
   * <p>Asked for by a position, the answer says how far the WAL on its disk goes beyond that.
   */
  Fenced ensureFenced(Fence request);

  /**
   * The undo: the fence is taken out, and the authority of its host names it again. It is left
   * stopped, as the run found it or made it: the person who starts it decides that. Harmless if
   * nothing was fenced by this run.
   *
   * <p>{@link FailureCode#TWO_PRIMARIES} if the authority of its host names another.
   */
  Unfenced revertFenced(Fence request);

  /**
   * Powers the host of an old primary off that does not answer, by the commands of the cluster file
   * alone. The check is asked first: of one that is off nothing is done. Else the command is run,
   * and the check asked until it says off, or the time is over. Repeated, it finds it off. It
   * leaves nothing on that host's disks: the person who powers it on again must keep it from
   * starting as a primary.
   *
   * <p>{@link FailureCode#HOST_REFUSED} if the check still says on; {@link
   * FailureCode#OUTCOME_UNKNOWN} if it says neither: the host may be off, or not.
   */
  PoweredOff ensurePoweredOff(FenceHost request);

  /** Asks the check of a host's fence command alone, where that is run; changes nothing. */
  PowerObserved observePower(FenceHost request);

  /**
   * Brings a standby the WAL that only the disk of its old primary has: from the file of a position
   * on, to the last that was begun there. Each file is read on the one host and put in its place on
   * the other under its name, whole and on disk, or not at all; then the standby is let look for
   * it. That it is replayed is seen over SQL. Nothing is changed on the old primary's host.
   * Repeated, it brings the same once more.
   *
   * <p>{@link FailureCode#NO_ROOM} if there is more than is brought at once, or no room for it;
   * {@link FailureCode#STATE_UNREADABLE} if the old disk does not give it, or not as it was sent;
   * {@link FailureCode#NOT_CAUGHT_UP} if the old server is not stopped, or the standby does not
   * run; {@link FailureCode#IDENTITY_DIFFERS} if one of both is of another system.
   */
  WalFetched ensureWalFetched(FetchWal request);

  /**
   * The point of no return: writes a standby into the authority file of its host, promotes it, and
   * answers once it accepts writes on a new timeline. The caller has the old primary fenced.
   * Repeated after its promotion, it answers the same; once the authority names it, only forward.
   *
   * <p>{@link FailureCode#NOT_CAUGHT_UP} before anything was changed if it does not run, or stands
   * still; {@link FailureCode#IDENTITY_DIFFERS} if it is of another system; {@link
   * FailureCode#PROMOTED} if it was promoted outside this run; {@link FailureCode#OUTCOME_UNKNOWN}
   * if it was asked to promote and did not accept writes in time.
   */
  TakenOver ensurePromoted(Promote request);

  /**
   * Reads where the WAL of instances ends, from the files in their pg_wal alone: for instances that
   * answer no SQL. Changes nothing.
   */
  WalObserved observeWal(ObserveWal request);

  /**
   * Bars a promotion whose outcome is not known, as {@link RoleActivities#revertTakenOver} does.
   */
  PromotionBarred revertPromoted(Promote request);

  /**
   * Fences an old primary.
   *
   * @param on one instance
   * @param endWithin how long what runs of it may take to end
   * @param beyond the position that its WAL is asked about; none if it is not
   */
  record Fence(Call call, HostWork on, Duration endWithin, List<WalPosition> beyond)
      implements OnHost {
    public Fence {
      beyond = List.copyOf(beyond);
    }
  }

  record WalPosition(TimelineId timeline, Lsn lsn) {}

  /**
   * An old primary that can't write any more.
   *
   * @param found what ran of it when this call came
   * @param control what pg_controldata says of its data since
   * @param walEnd where its WAL ends, at least, if that is beyond the position that was asked
   *     about; else none
   * @param walUnread why its WAL could not be read; empty if it was, or was not asked about
   */
  record Fenced(
      InstanceId instance,
      InstanceObserved.ServerProcess found,
      ControlData control,
      List<Lsn> walEnd,
      String walUnread) {
    public Fenced {
      walEnd = List.copyOf(walEnd);
    }
  }

  record ObserveWal(Call call, HostWork on) implements OnHost {}

  /**
   * What the pg_wal of a host's instances holds.
   *
   * @param failures of instances whose pg_wal could not be read to its end
   */
  record WalObserved(HostName host, List<WalHeld> held, List<InstanceFailure> failures) {
    public WalObserved {
      held = List.copyOf(held);
      failures = List.copyOf(failures);
    }
  }

  /**
   * The last WAL that an instance has.
   *
   * @param end the end of its last record at least, and the timeline of the file that holds it
   */
  record WalHeld(InstanceId instance, WalPosition end) {
    /** Where that of an instance ends, if it is among them. */
    public static Optional<WalPosition> endOf(InstanceId instance, List<WalHeld> held) {
      return held.stream()
          .filter(one -> one.instance().equals(instance))
          .map(WalHeld::end)
          .findFirst();
    }
  }

  /**
   * Brings a standby WAL.
   *
   * @param on one instance, the standby
   * @param from one instance, the old primary, which is stopped
   * @param system whose data both have
   * @param beyond what the standby has
   * @param within how long it may take
   */
  record FetchWal(
      Call call,
      HostWork on,
      HostWork from,
      SystemIdentifier system,
      WalPosition beyond,
      Duration within)
      implements OnHost {}

  /**
   * WAL that a standby was brought.
   *
   * @param files how many
   * @param end where it ends, at least
   */
  record WalFetched(InstanceId instance, long files, Lsn end) {}

  /**
   * A host that is to be powered off, or asked whether it is off.
   *
   * @param instance a member that is there
   * @param host which it is
   * @param fence the command, or the check, that proved it
   * @param from the host that the commands run on; none for the worker's own machine
   */
  record FenceHost(Call call, InstanceId instance, Host host, FenceCommand fence, List<Host> from)
      implements ForCall {
    public FenceHost {
      from = List.copyOf(from);
    }
  }

  /**
   * A host that is off.
   *
   * @param wasOff whether the check said so before anything was done
   * @param said what the check printed then, at most 300 bytes
   */
  record PoweredOff(HostName host, boolean wasOff, String said) {}

  /**
   * What a check says of a host.
   *
   * @param said what it printed and its exit status, in at most 400 bytes
   */
  record PowerObserved(HostName host, Power power, String said) {}

  enum Power {
    ON,
    OFF,
    /** The check ended with neither of its two statuses, or not in 10 s. */
    UNKNOWN
  }

  /**
   * An old primary whose right was given back.
   *
   * @param wasFenced whether this run had fenced it
   */
  record Unfenced(InstanceId instance, boolean wasFenced) {}

  /**
   * Promotes a standby.
   *
   * @param on one instance, the candidate
   * @param system whose data it must have
   * @param timeline it must be on, the old primary's
   * @param within how long it may take
   */
  record Promote(
      Call call, HostWork on, SystemIdentifier system, TimelineId timeline, Duration within)
      implements OnHost {}
}
