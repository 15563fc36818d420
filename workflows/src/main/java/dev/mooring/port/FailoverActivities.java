package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
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
 * The right to write if the primary is gone and can't hand it over. Each act is one script on the
 * instance's host under the lock of the cluster's authority, as the acts of {@link RoleActivities};
 * only the power of a host is switched from elsewhere.
 */
@ActivityInterface
public interface FailoverActivities {

  /**
   * Keeps an old primary from writing in every case: first the authority file (no instance writes),
   * then the configuration fence, then every process of its server is ended, including orphans and
   * halted processes, until none is left. A server that answers gets half of the time for a clean
   * stop, so that standbys receive its WAL; after that, or if it is frozen, it is killed. No signal
   * file is created: after such an end {@code pg_rewind} must be able to recover it first
   * (measured). Repeated, it returns the same, except what it found.
   *
   * <p>A server that was being started meanwhile may have read its configuration without the fence,
   * and is visible some milliseconds later: the promoting run calls once more.
   *
   * <p>{@link FailureCode#NO_PRIMARY} if it is a standby; {@link FailureCode#OUTCOME_UNKNOWN} if
   * processes outlived the limit: then it is fenced, and may still write.
   *
   * <p>If a position is given, the result says how far the WAL on its disk goes beyond it.
   */
  Fenced ensureFenced(Fence request);

  /**
   * The undo: removes the fence, and the authority file of its host names it again. It is left
   * stopped; a person decides whether to start it. Harmless if this run fenced nothing.
   *
   * <p>{@link FailureCode#TWO_PRIMARIES} if the authority file of its host names another instance.
   */
  Unfenced revertFenced(Fence request);

  /**
   * Powers off the host of an old primary that does not answer, only by the commands of the cluster
   * file. The check runs first: if the host is off nothing is done. Otherwise the command runs, and
   * the check is repeated until it says off, or the time is over. Repeated, it finds the host off.
   * It leaves nothing on that host's disks: the person who powers it on again must keep the
   * instance from starting as a primary.
   *
   * <p>{@link FailureCode#HOST_REFUSED} if the check still says on; {@link
   * FailureCode#OUTCOME_UNKNOWN} if it says neither: the host may be off, or not.
   */
  PoweredOff ensurePoweredOff(FenceHost request);

  /** Runs only the check of a host's fence command; changes nothing. */
  PowerObserved observePower(FenceHost request);

  /**
   * Copies to a standby the WAL that only the disk of its old primary has: from the file of a
   * position to the last file there. Each file is read on one host and put in its place on the
   * other under its name, as a whole and on disk, or not at all; then the standby is made to look
   * for it. Its replay is observed over SQL. Nothing is changed on the old primary's host.
   * Repeated, it copies the same again.
   *
   * <p>{@link FailureCode#NO_ROOM} if there is more WAL than a single call copies, or no room;
   * {@link FailureCode#STATE_UNREADABLE} if the old disk can't be read, or the copy differs; {@link
   * FailureCode#NOT_CAUGHT_UP} if the old server is not stopped, or the standby does not run;
   * {@link FailureCode#IDENTITY_DIFFERS} if either is of another system.
   */
  WalFetched ensureWalFetched(FetchWal request);

  /**
   * The point of no return: writes a standby into the authority file of its host, promotes it, and
   * returns once it accepts writes on a new timeline. The caller has fenced the old primary.
   * Repeated after the promotion, it returns the same; once the authority file names the standby,
   * it only goes forward.
   *
   * <p>{@link FailureCode#NOT_CAUGHT_UP} before anything was changed if it does not run, or is
   * halted; {@link FailureCode#IDENTITY_DIFFERS} if it is of another system; {@link
   * FailureCode#PROMOTED} if it was promoted outside this run; {@link FailureCode#OUTCOME_UNKNOWN}
   * if promotion was requested and it did not accept writes in time.
   */
  TakenOver ensurePromoted(Promote request);

  /**
   * Reads where the WAL of instances ends, and with what, only from the files in pg_wal: for
   * instances that answer no SQL, and standbys that receive none. Changes nothing.
   */
  WalObserved observeWal(ObserveWal request);

  /** Bars a promotion whose outcome is unknown, as {@link RoleActivities#revertTakenOver}. */
  PromotionBarred revertPromoted(Promote request);

  /**
   * Fences an old primary.
   *
   * @param on one instance
   * @param endWithin the time limit for ending its processes
   * @param beyond a position: the result says whether its WAL goes beyond it; none to leave that
   *     out
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
   * @param found its processes when this call came
   * @param control its control file afterwards
   * @param walEnd where its WAL ends, at least, if that is beyond the given position; else none
   * @param walUnread why its WAL could not be read; empty if it was, or no position was given
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
   * @param shutDown whether its last record is the shutdown checkpoint of a primary
   */
  record WalHeld(
      InstanceId instance,
      WalPosition end,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean shutDown) {
    /** The WAL end of that instance, if it is in the list. */
    public static Optional<WalPosition> endOf(InstanceId instance, List<WalHeld> held) {
      return held.stream()
          .filter(one -> one.instance().equals(instance))
          .map(WalHeld::end)
          .findFirst();
    }
  }

  /**
   * Copies WAL to a standby.
   *
   * @param on one instance, the standby
   * @param from one instance, the old primary, which is stopped
   * @param system the system identifier of both
   * @param beyond the position of the standby
   * @param within the time limit
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
   * WAL that was copied to a standby.
   *
   * @param files how many
   * @param end where it ends, at least
   */
  record WalFetched(InstanceId instance, long files, Lsn end) {}

  /**
   * A host to power off, or to check.
   *
   * @param instance a member on that host
   * @param host the host
   * @param fence the command and its check
   * @param from the host that runs the commands; none for the worker's own machine
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
   * @param said the output of the check then, at most 300 bytes
   */
  record PoweredOff(HostName host, boolean wasOff, String said) {}

  /**
   * The result of a host's check.
   *
   * @param said its output and exit status, in at most 400 bytes
   */
  record PowerObserved(HostName host, Power power, String said) {}

  enum Power {
    ON,
    OFF,
    /** The check ended with neither of its two statuses, or not in 10 s. */
    UNKNOWN
  }

  /**
   * An old primary that may write again.
   *
   * @param wasFenced whether this run had fenced it
   */
  record Unfenced(InstanceId instance, boolean wasFenced) {}

  /**
   * Promotes a standby.
   *
   * @param on one instance, the candidate
   * @param system the system identifier that it must have
   * @param timeline the old primary's timeline, on which it must be
   * @param within the time limit
   */
  record Promote(
      Call call, HostWork on, SystemIdentifier system, TimelineId timeline, Duration within)
      implements OnHost {}
}
