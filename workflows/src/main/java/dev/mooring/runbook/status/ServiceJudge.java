package dev.mooring.runbook.status;

import dev.mooring.port.RunActivities.OpenRun;
import dev.mooring.port.RunActivities.ScheduleStanding;
import dev.mooring.port.RunActivities.ServiceObserved;
import dev.mooring.runbook.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What Temporal's answer means: runs under way, schedules. */
final class ServiceJudge {
  private ServiceJudge() {}

  static List<String> runs(StatusFacts facts, ServiceObserved service) {
    List<String> runs = new ArrayList<>();
    for (OpenRun run : service.open()) {
      runs.add(
          String.format(
              "%s runs since %s%s: `mooring follow %s`",
              run.workflowId(),
              Span.of(Duration.between(run.startedAt(), facts.now())),
              run.step().isEmpty() ? "" : ", at " + run.step(),
              run.workflowId()));
    }
    for (ScheduleStanding schedule : service.schedules()) {
      runs.add(inWords(schedule, facts.now()));
    }
    return runs;
  }

  private static String inWords(ScheduleStanding schedule, Instant now) {
    String every = "schedule " + schedule.id() + ": every " + Span.of(schedule.every());
    if (schedule.paused()) {
      return every + ", paused" + (schedule.note().isEmpty() ? "" : ": " + schedule.note());
    }
    return every
        + schedule.next().stream()
            .findFirst()
            .map(at -> ", next in " + Span.of(Duration.between(now, at)))
            .orElse("");
  }

  static List<Finding> findings(StatusFacts facts, ServiceObserved service) {
    List<Finding> findings = new ArrayList<>();
    for (ScheduleStanding schedule : service.schedules()) {
      if (schedule.paused()) {
        findings.add(
            Finding.warning(
                "schedule " + schedule.id() + " is paused",
                "`mooring schedule resume " + facts.cluster().name() + "`"));
      }
    }
    if (service.schedules().isEmpty()) {
      findings.add(
          Finding.note(
              "no schedule publishes " + facts.cluster().name(),
              "`mooring schedule apply " + facts.cluster().name() + "`"));
    }
    return findings;
  }
}
