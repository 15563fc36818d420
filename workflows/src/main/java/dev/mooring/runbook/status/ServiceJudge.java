package dev.mooring.runbook.status;

import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ScheduleStanding;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.port.Runbook;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.DurationText;
import dev.mooring.runbook.RunIds;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges Temporal's answer: open runs and schedules. */
final class ServiceJudge {
  private ServiceJudge() {}

  static List<String> runs(StatusFacts facts, ServiceObserved service) {
    List<String> runs = new ArrayList<>();
    for (OpenRun run : service.open()) {
      runs.add(
          String.format(
              "%s runs since %s%s: %s",
              run.workflowId(),
              DurationText.of(Duration.between(run.startedAt(), facts.now())),
              run.step().isEmpty() ? "" : ", at " + run.step(),
              Commands.follow(run.workflowId())));
    }
    for (ScheduleStanding schedule : service.schedules()) {
      runs.add(inWords(schedule, facts.now()));
    }
    return runs;
  }

  private static String inWords(ScheduleStanding schedule, Instant now) {
    String every = "schedule " + schedule.id() + ": every " + DurationText.of(schedule.every());
    if (schedule.paused()) {
      return every + ", paused" + (schedule.note().isEmpty() ? "" : ": " + schedule.note());
    }
    return every
        + schedule.next().stream()
            .findFirst()
            .map(at -> ", next in " + DurationText.of(Duration.between(now, at)))
            .orElse("");
  }

  static List<CheckRow> findings(StatusFacts facts, ServiceObserved service) {
    List<CheckRow> findings = new ArrayList<>();
    for (ScheduleStanding schedule : service.schedules()) {
      if (schedule.paused()) {
        findings.add(
            CheckRow.warning(
                "schedule",
                schedule.id(),
                "paused",
                "not paused",
                resume(facts.cluster(), schedule.id())));
      }
    }
    ClusterName name = facts.cluster().name();
    if (schedule(service, Runbook.PUBLISH_CYCLE.id(name)).isEmpty()) {
      findings.add(
          CheckRow.note(
              "publish-schedule",
              "",
              "no schedule publishes " + name,
              "one does",
              Commands.scheduleApply(name)));
    }
    unwatched(facts.cluster(), service).ifPresent(findings::add);
    return findings;
  }

  /** A cluster file with failover.automatic relies on a run that watches the primary. */
  private static Optional<CheckRow> unwatched(Cluster cluster, ServiceObserved service) {
    return cluster
        .streaming()
        .filter(policy -> cluster.patroni().isEmpty())
        .flatMap(policy -> policy.failover().unattended())
        .filter(wanted -> service.open().stream().noneMatch(run -> isWatch(cluster, run)))
        .map(
            wanted ->
                CheckRow.warning(
                    "automatic-failover",
                    "",
                    "no failover that waits is open: no run watches the primary",
                    "one waits, as failover.automatic is in the cluster file",
                    Commands.watch(cluster.name())));
  }

  /** A failover of now does not watch the primary that comes after it. */
  private static boolean isWatch(Cluster cluster, OpenRun run) {
    return run.workflowId().startsWith(RunIds.failoverWatch(cluster.name()));
  }

  /** The schedule of that id, if there is one. */
  static Optional<ScheduleStanding> schedule(ServiceObserved service, String id) {
    return service.schedules().stream().filter(one -> one.id().equals(id)).findFirst();
  }

  private static String resume(Cluster cluster, String id) {
    if (id.equals(RunIds.watch(cluster.name()))) {
      return Commands.scheduleResumeWatch(cluster.name());
    }
    return cluster.sites().stream()
        .map(Site::name)
        .filter(site -> RunIds.consume(cluster.name(), site).equals(id))
        .findFirst()
        .map(site -> Commands.scheduleResume(cluster.name(), site))
        .orElseGet(() -> Commands.scheduleResume(cluster.name()));
  }
}
