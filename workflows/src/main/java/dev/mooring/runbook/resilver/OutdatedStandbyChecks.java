package dev.mooring.runbook.resilver;

import static java.util.stream.Collectors.joining;

import dev.mooring.port.InstanceFailure;
import dev.mooring.port.RunActivities.Incident;
import dev.mooring.port.RunActivities.Monitoring;
import dev.mooring.port.RunActivities.Reaction;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.Observed;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.IncidentChecks;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.InstanceId;
import dev.mooring.topology.ResilverReaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What must also be true of a resilver that a watch starts. None of it can be overridden.
 *
 * @param standby to be resilvered
 * @param since when its failure began, by the request
 * @param workflowId of the run
 */
record OutdatedStandbyChecks(
    Cluster cluster, InstanceId standby, Instant since, String workflowId) {

  /**
   * The checks.
   *
   * @param failback an open Failback in words, or why that is unknown; empty if there is none
   */
  List<CheckRow> of(RejoinChoice seen, Observed<Monitoring> monitoring, Optional<String> failback) {
    IncidentChecks incident =
        new IncidentChecks(
            cluster,
            new Incident(Reaction.RESILVER, standby, since, true, false),
            workflowId,
            ResilverReaction.SETTING,
            reaction().map(ResilverReaction::inWords),
            person());
    return Stream.concat(
            incident.of(monitoring, failback).stream(), Stream.of(read(seen), right(seen)))
        .toList();
  }

  /** How the cluster file reacts; empty if not at all. */
  Optional<ResilverReaction> reaction() {
    return cluster.streaming().orElseThrow().watch().resilvers();
  }

  private String person() {
    return "if it is to be resilvered, a person starts that: "
        + Commands.resilver(cluster.name(), standby);
  }

  /** A member that is not read may accept writes. */
  private CheckRow read(RejoinChoice seen) {
    String unread =
        Stream.concat(seen.members().silent().stream(), seen.hosts().unread().stream())
            .map(InstanceFailure::message)
            .distinct()
            .collect(joining("; "));
    return CheckRow.must(
        unread.isEmpty(),
        "automatic-members",
        "",
        unread.isEmpty() ? "all were read" : unread,
        "all read, over SQL and on their hosts",
        person());
  }

  private CheckRow right(RejoinChoice seen) {
    List<String> naming =
        seen.hosts().roles().stream()
            .filter(role -> role.authority().writer().equals(standby.value()))
            .map(role -> role.instance().value())
            .toList();
    return CheckRow.must(
        naming.isEmpty(),
        "automatic-authority",
        standby,
        naming.isEmpty()
            ? "no authority file names it"
            : "the authority file beside " + String.join(", ", naming) + " names it",
        "named by no authority file: it may be the primary that was",
        person());
  }
}
