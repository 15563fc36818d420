package dev.mooring.runbook.failover;

import dev.mooring.port.FailureCode;
import dev.mooring.runbook.RunbookStop;
import dev.mooring.runbook.failover.Candidates.Candidate;
import dev.mooring.topology.Cluster;
import dev.mooring.topology.Instance;
import dev.mooring.topology.InstanceId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Who takes the place of a primary that is gone: whom a person names, else the best of all. */
final class TheCandidate {
  private static final String HOST_NOT_READ = "its host could not be read as a standby's";

  private TheCandidate() {}

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
                        + seen.ranked().stream()
                            .map(one -> one.instance() + ": " + why(one))
                            .toList()));
  }

  /** Those of whom one is chosen, the best first. */
  private static List<Candidate> eligible(Cluster cluster, ObservedFailover seen) {
    return seen.ranked().stream()
        .filter(Candidate::mayBePromoted)
        .filter(one -> cluster.member(one.instance()).filter(seen::canFollow).isPresent())
        .toList();
  }

  private static String why(Candidate one) {
    return one.mayBePromoted() ? HOST_NOT_READ : one.against();
  }

  /** Who it is and why, by the rule that told it and the next best one apart. */
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
        : RankRule.why(eligible.get(0), eligible.get(1), Ranking.wishes(cluster, seen.old()));
  }

  /** Those that rank before it, and whose hosts say nothing of them. */
  private static String passedOver(Candidate best, ObservedFailover seen) {
    return seen.ranked().stream()
        .takeWhile(one -> !one.equals(best))
        .map(one -> "; " + one.instance() + " ranks before it, but " + HOST_NOT_READ)
        .collect(Collectors.joining());
  }
}
