package dev.mooring.port;

import dev.mooring.topology.InstanceId;
import io.temporal.activity.ActivityInterface;
import java.util.List;

/**
 * The clients that may connect to an instance: the lines of pg_hba.conf between Mooring's markers,
 * {@code # mooring CLUSTER begin} and {@code # mooring CLUSTER end}, at the head of the file, so
 * that no earlier line can refuse what they allow. All other lines stay as they are.
 */
@ActivityInterface
public interface AccessActivities {

  /** Reads Mooring's lines of each instance; changes nothing. */
  AccessObserved observeAccess(ObserveAccess request);

  /**
   * Writes these lines between the markers of the file; without lines, removes the markers too. The
   * file is replaced as a whole, on disk, with its mode and owner; a running server reloads it.
   * Repeated, it changes nothing.
   *
   * <p>{@link FailureCode#HOST_REFUSED} if one marker is there without the other.
   */
  AccessSet ensureAccess(EnsureAccess request);

  /** Undo of {@link #ensureAccess}: the lines that were there before, or none. */
  AccessSet revertAccess(EnsureAccess request);

  record ObserveAccess(Call call, HostWork on) implements OnHost {}

  record AccessObserved(List<AccessSeen> seen, List<InstanceFailure> failures) {
    public AccessObserved {
      seen = List.copyOf(seen);
      failures = List.copyOf(failures);
    }
  }

  /**
   * Mooring's lines.
   *
   * @param file that the server reads, links followed
   * @param lines between the markers; none if there are no markers
   */
  record AccessSeen(InstanceId instance, String file, List<String> lines) {
    public AccessSeen {
      lines = List.copyOf(lines);
    }
  }

  /**
   * Sets Mooring's lines.
   *
   * @param on one instance
   * @param lines between the markers; none removes the markers too
   */
  record EnsureAccess(Call call, HostWork on, List<String> lines) implements OnHost {
    public EnsureAccess {
      lines = List.copyOf(lines);
    }
  }

  record AccessSet(InstanceId instance, String file, boolean changed) {}
}
