package dev.mooring.runbook.status;

import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Pause;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
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
    ClusterName name = facts.cluster().name();
    return facts.streaming().monitoring().stream()
        .flatMap(seen -> finding(seen, name).stream())
        .toList();
  }

  private static List<CheckRow> finding(Observed<Monitoring> seen, ClusterName name) {
    return seen.match(
        monitoring ->
            monitoring.watched()
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
