package dev.mooring.runbook.checks;

import dev.mooring.port.RoleActivities.Ownership;
import dev.mooring.postgres.DataMode;
import dev.mooring.topology.InstanceId;

/** Whether a server starts with the owner and the mode of its data directory. */
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
}
