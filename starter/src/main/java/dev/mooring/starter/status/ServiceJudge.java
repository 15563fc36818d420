package dev.mooring.starter.status;

import dev.mooring.port.ActivityPolicies;
import dev.mooring.starter.console.Span;
import dev.mooring.starter.temporal.RunListing.Listed;
import dev.mooring.starter.temporal.ServiceFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What Temporal's answer means: runs under way, schedules, workers. */
final class ServiceJudge {
  private ServiceJudge() {}

  static List<String> runs(StatusFacts facts, ServiceFacts service) {
    List<String> runs = new ArrayList<>();
    for (Listed run : service.open()) {
      runs.add(
          String.format(
              "%s runs since %s%s: `mooring follow %s`",
              run.run().workflowId(),
              Span.of(Duration.between(run.startedAt(), facts.now())),
              run.step().isEmpty() ? "" : ", at " + run.step(),
              run.run().workflowId()));
    }
    for (ServiceFacts.Standing schedule : service.schedules()) {
      runs.add(inWords(schedule, facts.now()));
    }
    return runs;
  }

  private static String inWords(ServiceFacts.Standing schedule, Instant now) {
    String every = "schedule " + schedule.id() + ": every " + Span.of(schedule.every());
    if (schedule.paused()) {
      return every + ", paused" + (schedule.note().isEmpty() ? "" : ": " + schedule.note());
    }
    return every
        + schedule.next().map(at -> ", next in " + Span.of(Duration.between(now, at))).orElse("");
  }

  private static String remedy(String queue) {
    return queue.equals(ActivityPolicies.SHARED_QUEUE)
        ? "`systemctl start mooring-worker@SITE` at any site"
        : "`systemctl start mooring-worker@"
            + queue.substring(ActivityPolicies.SHARED_QUEUE.length() + 1)
            + "` where that site's worker belongs";
  }

  static List<Finding> findings(StatusFacts facts, ServiceFacts service) {
    List<Finding> findings = new ArrayList<>();
    for (String queue : service.unserved()) {
      findings.add(
          Finding.warning(
              "no worker serves the queue " + queue + ": what needs it waits", remedy(queue)));
    }
    for (ServiceFacts.Standing schedule : service.schedules()) {
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
