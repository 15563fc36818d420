package dev.mooring.runbook.checks;

import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.RunIds;
import dev.mooring.topology.Cluster;
import java.util.List;
import java.util.Optional;

/**
 * What must be true of any run that a watch starts for an incident. None of it can be overridden.
 *
 * @param incident by the request
 * @param workflowId of the run
 * @param setting that the watch reacts by
 * @param value of the setting; empty if the watch does not react
 * @param person who starts the run instead, and by which command
 */
public record IncidentChecks(
    Cluster cluster,
    Incident incident,
    String workflowId,
    String setting,
    Optional<String> value,
    String person) {

  /**
   * The checks.
   *
   * @param failback an open Failback in words, or why that is unknown; empty if there is none
   */
  public List<CheckRow> of(Observed<Monitoring> monitoring, Optional<String> failback) {
    return List.of(
        CheckRow.must(
            value.isPresent(),
            "automatic-setting",
            "",
            value.orElse("off"),
            setting + ": propose or act",
            person),
        RunChecks.watched(cluster, monitoring),
        reported(monitoring),
        failback(failback));
  }

  /** The watch reports it, and the run has the id that the watch gives its one run. */
  private CheckRow reported(Observed<Monitoring> monitoring) {
    List<Incident> its =
        monitoring.match(Monitoring::incidents, unseen -> List.<Incident>of()).stream()
            .filter(incident::isAlike)
            .toList();
    String id = RunIds.reaction(cluster.name(), incident);
    return CheckRow.must(
        its.stream().anyMatch(incident::isOf) && workflowId.equals(id),
        "automatic-incident",
        incident.instance(),
        String.format(
            "%s in run %s",
            its.stream()
                .map(one -> "the watch reports one since " + one.since())
                .findFirst()
                .orElse("the watch reports none"),
            workflowId),
        "one since " + incident.since() + " in run " + id,
        person);
  }

  /** It may have copied a standby, and let it catch up without a lock. */
  private CheckRow failback(Optional<String> failback) {
    return CheckRow.must(
        failback.isEmpty(),
        "automatic-failback",
        "",
        failback.orElse("none is open"),
        "no open Failback",
        person);
  }
}
