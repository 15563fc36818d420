package dev.mooring.port;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.mooring.port.ReplicationActivities.RefusedWal;
import dev.mooring.postgres.SystemIdentifier;
import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.List;

/**
 * What a primary needs before a standby can stream from it, and settings that only a start applies.
 * Each act is one script on its host that holds the lock of the cluster's authority and shows the
 * call's token, as in {@link RoleActivities}: what a restart would do never goes over SQL.
 */
@ActivityInterface
public interface PrimaryActivities {

  /** Reads the archive directory of the primary's host; changes nothing. */
  PrimaryObserved observePrimary(ObservePrimary request);

  /**
   * Writes the settings into {@code postgresql.auto.conf} and reloads them, as {@code ALTER SYSTEM}
   * does, after the server's own programs could read them there; creates the archive directory, for
   * its owner only, if its parent exists. The earlier lines are kept on the host, once per run.
   * Repeated, it changes nothing.
   *
   * <p>{@link FailureCode#NO_PRIMARY} if the server does not run as a primary.
   */
  PrimarySet ensurePrimarySet(SetPrimary request);

  /**
   * The undo of a setting and of a restart: restores the lines that this run replaced; a server
   * that this run stopped, or asked to stop, runs as the primary again. If the restart has ended,
   * nothing is started, and the settings it was restarted with stay: {@code archive_mode} without
   * its command, which a reload would remove, keeps all WAL. If the server has slots its settings
   * stay too, because it would not start without them; so they do if the run replaced lines of
   * other settings than these. Harmless if nothing was done.
   *
   * <p>If the server may be down, the caller has checked that no other instance accepts writes.
   */
  PrimarySet revertPrimarySet(SetPrimary request);

  /**
   * Stops the server fast, starts it with the options of its last start, and returns once it
   * accepts writes. Repeated, it continues where it ended; it never stops a second time what this
   * run restarted, and never starts what has ended since. The caller has checked that no other
   * instance accepts writes.
   *
   * <p>{@link FailureCode#STOP_TOO_LONG} if it did not end within the limit, and is still shutting
   * down; {@link FailureCode#START_FAILED} if it did not start.
   */
  Restarted ensureRestarted(Restart request);

  /**
   * Starts a stopped primary with the options of its last start, and returns once it accepts
   * writes: the authority file of its host names it from before its start. Repeated, it finds it
   * running, and never starts again what has ended since. The caller has checked that no other
   * instance accepts writes, and none has newer data.
   *
   * <p>Before anything was started: {@link FailureCode#NO_PRIMARY} if by the authority file of its
   * host no instance may write, if it is fenced, if it ended after this run had started it, or if
   * its host is in another boot than the given one, or its start guard does not wait there; {@link
   * FailureCode#TWO_PRIMARIES} if another instance may write; {@link FailureCode#STATE_UNREADABLE}
   * if a signal file exists; {@link FailureCode#IDENTITY_DIFFERS} if its data is of another system.
   * {@link FailureCode#START_FAILED} if it did not start; {@link FailureCode#OUTCOME_UNKNOWN} while
   * processes of it are left, or while it is still starting up.
   */
  Started ensureStarted(StartStopped request);

  /**
   * Bars a start whose outcome is unknown: no attempt of it acts on this host any more, and the
   * result says whether the server accepts writes; a server that is starting up is waited for. One
   * that stays stopped is left without the permit that this run gave to its start guard.
   *
   * <p>{@link FailureCode#OUTCOME_UNKNOWN} while it is still starting up, or processes of it are
   * left.
   */
  StartBarred revertStarted(StartStopped request);

  /**
   * Marks a WAL file as archived that its archiver fails at and its archive has: under the host's
   * lock {@code .ready} is renamed to {@code .done}, if the file is complete, and equal byte by
   * byte in the directory. Nothing is created, and a token is neither compared nor recorded: it
   * changes no right to write. Repeated, it changes nothing.
   *
   * <p>The caller has just read the file and the directory from the server itself.
   */
  ArchivedMarked ensureArchivedMarked(MarkArchived request);

  /**
   * A reading of a primary's host.
   *
   * @param on one instance
   * @param archive the directory it archives to; empty if its host sees none
   */
  record ObservePrimary(Call call, HostWork on, String archive) implements OnHost {}

  /** The state of the archive directory. */
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
   * @param settings the settings to set; none if only the directory is created
   * @param archive the directory to create; empty for none
   */
  record SetPrimary(Call call, HostWork on, List<Wanted> settings, String archive)
      implements OnHost {
    public SetPrimary {
      settings = List.copyOf(settings);
    }

    /** Whether its undo may start the server: hot_standby does nothing on a primary. */
    public boolean mayRestart() {
      return settings.stream().anyMatch(one -> !one.name().equals("hot_standby"));
    }
  }

  /** A setting and its wanted value. */
  record Wanted(String name, String value) {}

  /**
   * What was done.
   *
   * @param changed one word each: archive, settings, start; none if nothing was changed
   * @param left why settings that were to be undone stay, or empty
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
   * @param stopWithin the time limit of the stop
   * @param upWithin the time limit until it accepts writes again
   */
  record Restart(Call call, HostWork on, Duration stopWithin, Duration upWithin)
      implements OnHost {}

  record Restarted(InstanceId instance) {}

  /**
   * Starts a stopped primary.
   *
   * @param on one instance
   * @param system the system identifier that it must have
   * @param upWithin the time limit until it accepts writes
   * @param boot the boot of its host in which its start guard must wait, if no person asks for the
   *     start; else empty
   */
  record StartStopped(
      Call call,
      HostWork on,
      SystemIdentifier system,
      Duration upWithin,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonSetter(nulls = Nulls.AS_EMPTY) String boot)
      implements OnHost {}

  record Started(InstanceId instance) {}

  /**
   * The result of a start.
   *
   * @param takesWrites whether it runs as a primary
   */
  record StartBarred(InstanceId instance, boolean takesWrites) {}

  /**
   * Marks a WAL file.
   *
   * @param on the instance that accepts writes
   */
  record MarkArchived(Call call, HostWork on, RefusedWal wal) implements OnHost {}

  /**
   * The result.
   *
   * @param whyNot why the file is not marked, or empty
   */
  record ArchivedMarked(InstanceId instance, String whyNot) {}
}
