package dev.mooring.runbook.watch;

import dev.mooring.port.NoticeActivities.Event;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.Span;
import dev.mooring.runbook.status.Finding.Level;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy.Severity;
import java.time.Duration;
import java.util.List;

/** Tells people of each diagnosis that begins, and of each that is over. */
final class WatchNotices {
  private final RunbookRun<WatchStep> run;
  private final ClusterName cluster;

  WatchNotices(RunbookRun<WatchStep> run, ClusterName cluster) {
    this.run = run;
    this.cluster = cluster;
  }

  /** Those of before gave place to those of now. */
  void changed(List<Diagnosis> before, List<Diagnosis> now) {
    now.stream().filter(one -> isNotAmong(before, one)).forEach(this::opened);
    before.stream().filter(one -> isNotAmong(now, one)).forEach(this::over);
  }

  private static boolean isNotAmong(List<Diagnosis> all, Diagnosis one) {
    return all.stream().noneMatch(other -> other.isOf(one.kind(), one.subject()));
  }

  private void opened(Diagnosis one) {
    run.tell(
        Event.OPENED,
        severity(one),
        one.kind().id() + ": " + one.sentence(),
        List.of("since " + one.since(), "see docs/" + one.kind().page()),
        one.remedy());
  }

  private void over(Diagnosis one) {
    run.tell(
        Event.OVER,
        severity(one),
        one.kind().id() + " of " + one.subject() + " is over",
        List.of(
            one.sentence(),
            String.format(
                "since %s, for %s",
                one.since(), Span.of(Duration.between(one.since(), RunbookRun.now())))),
        Commands.monitor(cluster));
  }

  private static Severity severity(Diagnosis one) {
    return one.kind().level() == Level.CRITICAL ? Severity.CRITICAL : Severity.WARNING;
  }
}
