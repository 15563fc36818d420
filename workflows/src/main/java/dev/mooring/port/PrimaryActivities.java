package dev.mooring.port;

import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/**
 * What a primary needs before a standby can stream from it, and what only a start takes. Each act
 * is one script on its host that holds the lock of the cluster's authority and shows the call's
 * token, as {@link RoleActivities} does: what a restart would do never goes over SQL.
 */
@ActivityInterface
public interface PrimaryActivities {

  /** Reads the archive directory of the primary's host; changes nothing. */
  PrimaryObserved observePrimary(ObservePrimary request);

  /**
   * Writes the settings into {@code postgresql.auto.conf} and reloads them, as {@code ALTER SYSTEM}
   * does, once the server's own programs can read them there; makes the archive directory, for its
   * owner alone, if the one above it is there. The lines that were there before are kept on the
   * host, once per run. Repeated, it changes nothing.
   *
   * <p>{@link FailureCode#NO_PRIMARY} if the server does not run as a primary.
   */
  PrimarySet ensurePrimarySet(SetPrimary request);

  /**
   * The undo of a setting and of a restart: the lines that this run replaced stand there again, and
   * a server that this run stopped, or asked to stop, runs as the primary again. If the restart has
   * ended, nothing is started, and what it was restarted with stays: {@code archive_mode} without
   * its command, which a reload would take away, keeps all WAL. If it has slots its settings stay
   * too, for it would not start without them. Harmless if nothing was done.
   *
   * <p>If the server may be down, the caller has checked that no other accepts writes.
   */
  PrimarySet revertPrimarySet(SetPrimary request);

  /**
   * Stops the server fast, starts it as it was last started, and answers once it accepts writes.
   * Repeated, it continues where it ended, and never stops a second time what this run restarted,
   * nor starts what has ended since. The caller has checked that no other accepts writes.
   *
   * <p>{@link FailureCode#STOP_TOO_LONG} when it did not end within the limit, and is still on its
   * way down; {@link FailureCode#START_FAILED} when it did not come up.
   */
  Restarted ensureRestarted(Restart request);

  /**
   * Starts a primary that is stopped, as it was last started, and answers once it accepts writes:
   * the authority of its host names it from before its start on. Repeated, it finds it running, and
   * never starts again what has ended since. The caller has checked that no other accepts writes,
   * and that no instance has newer data.
   *
   * <p>Before anything was started: {@link FailureCode#NO_PRIMARY} if by the authority of its host
   * no instance may write, if it is fenced, or if it ended after this run had started it; {@link
   * FailureCode#TWO_PRIMARIES} if another may write; {@link FailureCode#STATE_UNREADABLE} if a
   * signal file is there; {@link FailureCode#IDENTITY_DIFFERS} if its data is another system's.
   * {@link FailureCode#START_FAILED} when it did not come up; {@link FailureCode#OUTCOME_UNKNOWN}
   * while processes of it are left, or while it is still starting up.
   */
  Started ensureStarted(StartStopped request);

  /**
   * Bars a start whose outcome is not known: no attempt of it acts on this host any more, and the
   * answer says whether it accepts writes; one that is starting up is waited for.
   *
   * <p>{@link FailureCode#OUTCOME_UNKNOWN} while it is still starting up, or processes of it are
   * left.
   */
  StartBarred revertStarted(StartStopped request);

  /**
   * A reading of a primary's host.
   *
   * @param on one instance
   * @param archive the directory it archives to; empty for none that its host sees
   */
  record ObservePrimary(Call call, HostWork on, String archive) implements OnHost {}

  /** What is at the place of the archive directory. */
  enum ArchiveSeen {
    THERE,
    MISSING,
    NO_DIRECTORY
  }

  record PrimaryObserved(InstanceId instance, ArchiveSeen archive) {}

  /**
   * Sets a primary.
   *
   * @param on one instance
   * @param settings the settings to set; none if only the directory is made
   * @param archive the directory that is made; empty for none
   */
  record SetPrimary(Call call, HostWork on, List<Wanted> settings, String archive)
      implements OnHost {
    public SetPrimary {
      settings = List.copyOf(settings);
    }
  }

  /** A setting and the value it is to have. */
  record Wanted(String name, String value) {}

  /**
   * What was done.
   *
   * @param changed one word each: archive, settings, start; none if all was so
   * @param left why settings stay that were to be taken back, or empty
   */
  record PrimarySet(InstanceId instance, List<String> changed, String left) {
    public PrimarySet {
      changed = List.copyOf(changed);
    }
  }

  /**
   * Restarts a primary.
   *
   * @param on one instance
   * @param stopWithin how long its server may take to end
   * @param upWithin how long it may take to accept writes again
   */
  record Restart(Call call, HostWork on, Duration stopWithin, Duration upWithin)
      implements OnHost {}

  record Restarted(InstanceId instance) {}

  /**
   * Starts a primary that is stopped.
   *
   * @param on one instance
   * @param system whose data it must have
   * @param upWithin how long it may take to accept writes
   */
  record StartStopped(Call call, HostWork on, SystemIdentifier system, Duration upWithin)
      implements OnHost {}

  record Started(InstanceId instance) {}

  /**
   * The result of a start.
   *
   * @param takesWrites whether it runs as a primary
   */
  record StartBarred(InstanceId instance, boolean takesWrites) {}
}
