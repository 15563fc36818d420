package dev.mooring.runbook.check;

import dev.mooring.runbook.failover.WitnessMachines;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;

/** Whether enough would tell what became of each member, were it the primary and silent. */
final class WitnessRows {
  private static final String WORKERS = "workers of all sites";
  private static final String APART = "on more than one machine";

  private final Cluster cluster;
  private final Rows rows;

  WitnessRows(Cluster cluster, Rows rows) {
    this.cluster = cluster;
    this.rows = rows;
  }

  void judge(WitnessMachines machines) {
    for (Instance member : cluster.members()) {
      row(
          machines.areEnoughFor(member),
          member.id() + ": " + WitnessMachines.looked(member),
          machines.inWords(member),
          WitnessMachines.WANTED,
          WitnessMachines.REMEDY);
    }
    if (cluster.sites().size() > 1) {
      boolean apart = machines.workersAreApart();
      row(
          apart,
          WORKERS,
          apart ? APART : "on one machine",
          APART,
          "once that is lost nobody looks and nobody is promoted: let a site's worker run on a"
              + " machine of that site");
    }
  }

  private void row(boolean holds, String looked, String seen, String limit, String remedy) {
    if (holds) {
      rows.good(looked, seen, limit);
    } else {
      rows.warning(looked, seen, limit, remedy);
    }
  }
}
