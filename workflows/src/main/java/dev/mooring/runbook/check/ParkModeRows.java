package dev.mooring.runbook.check;

import dev.mooring.runbook.Commands;
import dev.mooring.runbook.check.CheckFacts.AtSite;
import dev.mooring.runbook.check.CheckFacts.OnHost;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ParkMode;
import dev.mooring.topology.SiteName;

/** The rows of a site whose instances are parked readable; none for other sites. */
final class ParkModeRows {
  private final Cluster cluster;
  private final CheckRows rows;

  ParkModeRows(Cluster cluster, CheckRows rows) {
    this.cluster = cluster;
    this.rows = rows;
  }

  static boolean isReadable(Cluster cluster, SiteName site) {
    return cluster.site(site).filter(s -> s.parkMode() == ParkMode.READABLE).isPresent();
  }

  void judge(AtSite site) {
    if (!isReadable(cluster, site.site())) {
      return;
    }
    rows.warning(
        "park-mode",
        site.site(),
        "readable: one pg_wal_replay_resume() by any user ends recovery there",
        "shutdown, unless copies are to be read",
        "grant neither SUPERUSER nor EXECUTE on pg_wal_replay_resume() there, or set parkMode:"
            + " shutdown");
    site.hosts().forEach(host -> ended(host, site.site()));
  }

  private void ended(OnHost on, SiteName site) {
    on.host().seen().stream()
        .flatMap(host -> host.observed().stream())
        .filter(seen -> !seen.recovery().endedByGate().isEmpty())
        .forEach(
            seen ->
                rows.wrong(
                    "parked-replay",
                    seen.instance(),
                    "resumed by hand, or promoted: its restore gate ended it at "
                        + seen.recovery().endedByGate(),
                    "paused until the next consume",
                    Commands.consume(cluster.name(), site)));
  }
}
