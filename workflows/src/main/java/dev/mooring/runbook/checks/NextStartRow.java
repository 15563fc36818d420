package dev.mooring.runbook.checks;

import dev.mooring.port.RoleActivities.StartSettings;
import dev.mooring.postgres.StandbyLimits;
import dev.mooring.topology.InstanceId;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a server is started again by what its configuration says now, which it may not run with.
 */
public final class NextStartRow {
  private NextStartRow() {}

  /**
   * By what ends a server at its start.
   *
   * @param least of a standby, what its control file has recorded and its primary runs with
   * @param slots how many it has, or will have
   */
  public static CheckRow of(
      InstanceId instance, StartSettings next, StandbyLimits least, int slots) {
    List<String> against = new ArrayList<>();
    if (next.hotStandby().equals("on")) {
      against.addAll(next.limits().shortOf(least));
    }
    if (next.walLevel().equals("minimal")) {
      if (next.limits().maxWalSenders() > 0) {
        against.add("wal_level is minimal, with max_wal_senders " + next.limits().maxWalSenders());
      }
      if (!next.archiveMode().equals("off")) {
        against.add("wal_level is minimal, with archive_mode " + next.archiveMode());
      }
    }
    if (next.slots() < slots) {
      against.add("max_replication_slots is " + next.slots() + ", must be at least " + slots);
    }
    return CheckRow.must(
        against.isEmpty(),
        "next-start-settings",
        instance,
        against.isEmpty() ? "it can be started with them" : String.join("; ", against),
        "what a start needs, by its configuration and the options of its last start",
        "correct its configuration, or it would end at its next start");
  }
}
