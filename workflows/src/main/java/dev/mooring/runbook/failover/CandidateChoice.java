package dev.mooring.runbook.failover;

import dev.mooring.port.Call;
import dev.mooring.port.FailureCode;
import dev.mooring.postgres.ControlData;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.checks.CheckRow;
import dev.mooring.runbook.checks.CheckRows;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.runbook.failover.Candidates.Wishes;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Chooses the standby to promote: the one that the request names, else the best one that can be
 * promoted.
 */
final class CandidateChoice {
  private static final String HOST_NOT_READ = "its host could not be read as a standby's";

  private CandidateChoice() {}

  static Instance of(Cluster cluster, Optional<InstanceId> named, ObservedFailover seen) {
    return named.map(to -> named(cluster, to, seen)).orElseGet(() -> theBest(cluster, seen));
  }

  private static Instance named(Cluster cluster, InstanceId to, ObservedFailover seen) {
    return cluster.members().stream()
        .filter(member -> member.id().equals(to))
        .filter(member -> !member.equals(seen.old()))
        .findFirst()
        .orElseThrow(
            () ->
                RunbookStop.refused(
                    FailureCode.BAD_INPUT,
                    String.format(
                        "%s is no standby of cluster %s; its standbys are %s",
                        to,
                        cluster.name(),
                        cluster.members().stream()
                            .filter(member -> !member.equals(seen.old()))
                            .map(Instance::id)
                            .toList())));
  }

  private static Instance theBest(Cluster cluster, ObservedFailover seen) {
    return eligible(cluster, seen).stream()
        .findFirst()
        .flatMap(one -> cluster.member(one.instance()))
        .orElseThrow(
            () ->
                RunbookStop.refused(
                    FailureCode.NOT_CAUGHT_UP,
                    "no standby can be promoted: "
                        + seen.standbys().ranked().stream()
                            .map(one -> one.instance() + ": " + why(one))
                            .toList()));
  }

  /** The standbys that can be promoted and whose hosts were read, the best first. */
  private static List<Candidate> eligible(Cluster cluster, ObservedFailover seen) {
    return seen.standbys().ranked().stream()
        .filter(Candidate::mayBePromoted)
        .filter(one -> cluster.member(one.instance()).filter(seen::canFollow).isPresent())
        .toList();
  }

  private static String why(Candidate one) {
    return one.mayBePromoted() ? HOST_NOT_READ : one.against();
  }

  /** The chosen standby and the ranking rule that put it before the next best. */
  static String inWords(Cluster cluster, Optional<InstanceId> named, ObservedFailover seen) {
    List<Candidate> eligible = eligible(cluster, seen);
    if (eligible.isEmpty()) {
      return named.map(to -> to + ": named by a person").orElse("none");
    }
    Candidate best = eligible.get(0);
    String why = best(cluster, eligible, seen) + passedOver(best, seen);
    return named
        .filter(to -> !to.equals(best.instance()))
        .map(to -> to + ": named by a person; the best would be " + best.instance() + ": " + why)
        .orElseGet(() -> best.instance() + ": " + why);
  }

  private static String best(Cluster cluster, List<Candidate> eligible, ObservedFailover seen) {
    return eligible.size() == 1
        ? "no other standby can be promoted"
        : Candidates.why(eligible.get(0), eligible.get(1), Wishes.of(cluster, seen.old()));
  }

  /** The standbys that rank before it but whose hosts could not be read. */
  private static String passedOver(Candidate best, ObservedFailover seen) {
    return seen.standbys().ranked().stream()
        .takeWhile(one -> !one.equals(best))
        .map(one -> "; " + one.instance() + " ranks before it, but " + HOST_NOT_READ)
        .collect(Collectors.joining());
  }

  /**
   * Judges the candidate again right before its promotion. Since the plan the old primary may have
   * sent more WAL, not the same to all standbys, and a standby may have stopped answering. Throws
   * if the candidate is silent or can't be promoted, or a check of its loss fails now.
   *
   * @param disk the old primary's control file: read after Mooring's fence, or last observed
   * @param reported whether the loss is known from another source than the standbys, or was
   *     accepted
   */
  static Candidate lastLook(
      FailoverLook looked,
      FailoverRequest request,
      Optional<ControlData> disk,
      boolean reported,
      Call call) {
    ObservedFailover now = looked.observed().with(looked.rankedNow(call, disk));
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
        FailoverChecks.ofItsLoss(request, now, looked.move(), looked.claimed(), reported);
    List<String> against = CheckRows.against(rows);
    if (!against.isEmpty()) {
      throw RunbookStop.failed(
          FailureCode.NOT_CAUGHT_UP,
          "by what was observed since the old primary was fenced: " + String.join("; ", against));
    }
    looked.overridden(rows);
    return candidate;
  }
}
