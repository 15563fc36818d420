package dev.mooring.runbook.status;

import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.MonitoringLook;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import java.util.List;

/** Whether a person paused automation, which status reports first, and whether a watch runs. */
final class MonitoringJudge {
  private MonitoringJudge() {}

  static List<String> verdict(StatusFacts facts) {
    return facts.streaming().monitoring().stream()
        .flatMap(seen -> seen.seen().stream())
        .flatMap(seen -> seen.pauses().stream())
        .map(Pause::inWords)
        .map(paused -> "automation is " + paused)
        .toList();
  }

  static List<CheckRow> findings(StatusFacts facts) {
    Cluster cluster = facts.cluster();
    return facts.streaming().monitoring().stream()
        .flatMap(seen -> finding(seen, cluster).stream())
        .toList();
  }

  private static List<CheckRow> finding(Observed<Monitoring> seen, Cluster cluster) {
    ClusterName name = cluster.name();
    return seen.match(
        monitoring ->
            monitoring.watched() || !MonitoringLook.unwatched(cluster).isEmpty()
                ? List.of()
                : List.of(
                    CheckRow.note(
                        "watch", "", "no watch runs for " + name, "on", Commands.monitorOn(name))),
        unseen ->
            List.of(
                CheckRow.warning(
                    "automatic-pause",
                    "",
                    "whether it is paused can't be read, which counts as a pause: " + unseen.why(),
                    "readable",
                    Commands.monitor(name))));
  }
}
