package dev.mooring.port;

import dev.mooring.port.RoleActivities.Upstream;
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

  /**
   * Tries to connect from the host of each instance to other members, by the account that its
   * server runs as: once as a standby does, and once as pg_rewind does. All connections are tried
   * at once; changes nothing.
   *
   * <p>{@link FailureCode#HOST_PROGRAM_MISSING} of an instance whose host has no psql.
   */
  AdmissionObserved observeAdmission(ObserveAdmission request);

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
    /**
     * One user, one address, a password; of standbys that are in the file no more, too. From 16 on
     * a name that begins with a slash is a regular expression, also within quotes.
     */
    private static final String LINE =
        "host(ssl)? (replication|\"(?!/)[^\"\\p{Cntrl}]+\") \"(?!/)[^\"\\p{Cntrl}]+\""
            + " (?!(all|samehost|samenet) )"
            + "([0-9.]+/32|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/128|[0-9A-Za-z][0-9A-Za-z._-]*)"
            + " scram-sha-256";

    public EnsureAccess {
      lines = List.copyOf(lines);
    }

    /** Whether a worker writes that line, to add it or to give it back. */
    public static boolean writes(String line) {
      return line.matches(LINE);
    }
  }

  record AccessSet(InstanceId instance, String file, boolean changed) {}

  /**
   * Connections to try.
   *
   * @param members that are tried from each instance but itself; one login for all
   * @param database that pg_rewind connects to
   */
  record ObserveAdmission(Call call, HostWork on, List<Upstream> members, String database)
      implements OnHost {
    public ObserveAdmission {
      members = List.copyOf(members);
    }
  }

  record AdmissionObserved(List<Admission> seen, List<InstanceFailure> failures) {
    public AdmissionObserved {
      seen = List.copyOf(seen);
      failures = List.copyOf(failures);
    }
  }

  /**
   * How a member answered the connections from another.
   *
   * @param from the instance from whose host it was tried
   * @param replication why a standby there could not stream; empty if it could
   * @param rewind why pg_rewind there could not connect; empty if it could
   */
  record Admission(InstanceId from, InstanceId to, String replication, String rewind) {}
}
