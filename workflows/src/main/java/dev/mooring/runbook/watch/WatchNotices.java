package dev.mooring.runbook.watch;

import dev.mooring.port.NoticeActivities.Message;
import dev.mooring.runbook.Commands;
import dev.mooring.runbook.RunbookRun;
import dev.mooring.runbook.checks.CheckRow.Judged;
import dev.mooring.topology.ClusterName;
import dev.mooring.topology.NoticePolicy.Severity;
import java.util.List;

/** Sends a notice of each diagnosis that begins, and of each that is over. */
final class WatchNotices {
  private final RunbookRun run;
  private final ClusterName cluster;
  private final DueNotices due;

  /**
   * Continues from the notices of the run before.
   *
   * @param sent the last notice of each diagnosis
   */
  WatchNotices(RunbookRun run, ClusterName cluster, List<NoticeSent> sent) {
    this.run = run;
    this.cluster = cluster;
    this.due = new DueNotices(sent);
  }

  /** The last notice of each diagnosis. */
  List<NoticeSent> sent() {
    return due.sent();
  }

  /** Takes the diagnoses that are open now. */
  void changed(List<Diagnosis> open) {
    due.begun(open).forEach(this::opened);
    due.over(open, RunbookRun.now()).forEach(this::over);
  }

  private void opened(Diagnosis one) {
    run.opened(
        severity(one),
        new Message(
            one.kind().id() + ": " + one.text(),
            List.of("since " + one.since(), "see docs/" + one.kind().page()),
            one.remedy()));
  }

  private void over(Diagnosis one) {
    run.over(
        severity(one),
        new Message(
            one.kind().id() + " of " + one.subject() + " is over",
            List.of(one.text(), "it began at " + one.since()),
            Commands.monitor(cluster)));
  }

  private static Severity severity(Diagnosis one) {
    return one.kind().verdict() == Judged.WRONG ? Severity.CRITICAL : Severity.WARNING;
  }
}
