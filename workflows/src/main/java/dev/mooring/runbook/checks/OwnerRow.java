package dev.mooring.runbook.checks;

import dev.mooring.port.RoleActivities.Ownership;
import dev.mooring.postgres.DataMode;
import dev.mooring.topology.InstanceId;
import java.util.Optional;

/** What belongs to the account on an instance's host: its data directory, and Mooring's. */
public final class OwnerRow {
  private OwnerRow() {}

  public static CheckRow of(InstanceId instance, Ownership seen) {
    return CheckRow.must(
        seen.owner().equals(seen.login()) && DataMode.lets(seen.mode()),
        "data-directory-mode",
        instance,
        "owner " + seen.owner() + ", mode " + seen.mode(),
        "owner " + seen.login() + ", mode " + DataMode.IN_WORDS,
        "chown or chmod it, or a server does not start there; if its owner is right, log in as that"
            + " account: `ssh.user` in the cluster file");
  }

  /**
   * Whether acts on the instance can lock and record themselves; one that can't is refused, also
   * after the fence.
   *
   * @param directory Mooring's, of its host in the cluster file
   */
  public static CheckRow directory(InstanceId instance, String directory, Ownership seen) {
    return CheckRow.must(
        seen.unwritable().isEmpty(),
        "mooring-directory",
        instance,
        seen.unwritable().isEmpty() ? "writable" : String.join("; ", seen.unwritable()),
        directory + " writable by " + seen.login() + ", with room for its files",
        "make it and give it with all in it to "
            + seen.login()
            + ", make room, or correct `directory` of the host");
  }

  /** A warning if no resilver can make it anew; its place in the cluster file stays as it is. */
  public static Optional<CheckRow> mount(InstanceId instance, Ownership seen) {
    return seen.mounts().stream()
        .findFirst()
        .map(
            mount ->
                CheckRow.wanted(
                    false,
                    "data-directory-mount",
                    instance,
                    mount + " is a mount",
                    "a directory that can be renamed",
                    "it could neither be rewound nor copied after a failover. Stop its server,"
                        + " mount it elsewhere, move the data into a directory below that mount,"
                        + " and put a link to that directory in its place"));
  }
}
