package dev.mooring.runbook.publish;

import dev.mooring.evidence.ContentEvidence;
import dev.mooring.port.DatabaseActivities.ServerObserved;
import dev.mooring.port.DatabaseActivities.ServersObserved;
import dev.mooring.port.FailureCode;
import dev.mooring.runbook.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * Whether every primary that made the point still runs as the same postmaster on the same timeline
 * after its WAL was proved. One that was restarted may have lost the point's record from its own
 * WAL, and one promoted elsewhere left that timeline.
 */
final class UnchangedCheck {
  private UnchangedCheck() {}

  static Verdict<List<ContentEvidence>> judge(
      List<ContentEvidence> contents, ServersObserved seen) {
    for (ContentEvidence content : contents) {
      Optional<ServerObserved> server =
          seen.observed().stream()
              .filter(s -> s.instance().equals(content.owner().instance()))
              .findFirst();
      if (server.isEmpty()) {
        return changed(content, "no longer answers");
      }
      ServerObserved now = server.get();
      if (!now.identity().startedAt().equals(content.owner().startedAt())) {
        return changed(
            content,
            "was restarted at "
                + now.identity().startedAt()
                + " (the point was made by the one started at "
                + content.owner().startedAt()
                + ")");
      }
      if (now.position().inRecovery()) {
        return changed(content, "is in recovery now");
      }
      if (!now.position().timeline().equals(content.target().timeline())) {
        return changed(
            content,
            "left timeline " + content.target().timeline() + " for " + now.position().timeline());
      }
    }
    return Verdict.proceed(contents);
  }

  private static Verdict<List<ContentEvidence>> changed(ContentEvidence content, String how) {
    return Verdict.never(FailureCode.RESTARTED_MEANWHILE, content.owner().instance() + " " + how);
  }
}
