package dev.mooring.runbook.check;

import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.failover.WitnessMachines;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;

/** Whether there are enough witnesses for each member, if it were the primary and silent. */
final class WitnessRows {
  private static final String APART = "on more than one machine";

  private final Cluster cluster;
  private final CheckRows rows;

  WitnessRows(Cluster cluster, CheckRows rows) {
    this.cluster = cluster;
    this.rows = rows;
  }

  void judge(WitnessMachines machines) {
    for (Instance member : cluster.members()) {
      rows.wanted(
          machines.areEnoughFor(member),
          "witnesses",
          member.id(),
          machines.inWords(member),
          WitnessMachines.WANTED,
          WitnessMachines.REMEDY);
    }
    if (cluster.sites().size() > 1) {
      boolean apart = machines.workersAreApart();
      rows.wanted(
          apart,
          "worker-machines",
          "",
          apart ? APART : "on one machine",
          APART,
          "run one site's worker on a machine of that site: once the only machine is lost, no"
              + " worker observes the primary and no standby is promoted");
    }
  }
}
