package dev.mooring.runbook.failover;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.ControlData;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.failover.Candidates.Candidate;
import java.util.List;
import java.util.Optional;

/** How the candidate stands right before it is promoted. */
final class LastRank {
  private LastRank() {}

  /**
   * Until now the old primary may have sent more, and not to all of them alike, and whoever was
   * read before may not answer: what the plan was judged by is judged again, and more is not lost
   * than it says.
   *
   * @param disk what the old primary's control file shows since its fence
   * @param told whether somebody else than the standbys tells what is lost, or lets it be
   */
  static Candidate of(
      FailoverLook looked,
      FailoverRequest request,
      Optional<ControlData> disk,
      boolean told,
      Call call) {
    ObservedFailover now = looked.sight().with(looked.rankedNow(call, disk));
    Candidate candidate =
        now.candidate(looked.move().to())
            .orElseThrow(
                () ->
                    RunbookStop.failed(
                        FailureCode.NOT_CAUGHT_UP,
                        looked.move().to().id() + " does not answer any more"));
    if (!candidate.mayBePromoted()) {
      throw RunbookStop.failed(
          FailureCode.NOT_CAUGHT_UP, candidate.instance() + ": " + candidate.against());
    }
    List<CheckRow> rows =
        FailoverChecks.ofItsLoss(request, now, looked.move(), looked.claimed(), told);
    List<String> against = CheckRows.against(rows);
    if (!against.isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.NOT_CAUGHT_UP,
          "by what was seen since the old primary was fenced: " + String.join("; ", against));
    }
    looked.overridden(rows);
    return candidate;
  }
}
